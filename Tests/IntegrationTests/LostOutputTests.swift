import FolderTesting
import Foundation
import Testing

@Suite("Output that goes nowhere", .serialized)
struct LostOutputTests {
    private let checkout: Checkout
    private static let reports = [
        "cases.jsonl", "invariants.sarif", "junit.xml", "report.html", "report.json", "results.tap", "run.json",
        "summary.md", "summary.txt",
    ]

    init() throws { self.checkout = try Checkout() }

    private func expectReports(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let latest = self.checkout.reports.appending(path: "latest")
        let names = try FileManager.default.contentsOfDirectory(atPath: latest.path).filter { !$0.hasPrefix(".") }
        #expect(names.sorted() == Self.reports, sourceLocation: sourceLocation)
        #expect(try self.checkout.leftovers.isEmpty, sourceLocation: sourceLocation)
    }

    @Test(
        "a run whose reader goes away, or that has no standard error, writes its reports and ends by its verdicts",
        arguments: [
            "$shakedown run routing.exact 2>&1 | head -n 1; exit ${PIPESTATUS[0]}",
            "$shakedown run routing.exact | true; exit ${PIPESTATUS[0]}",
            "$shakedown run routing.exact --json -q | true; exit ${PIPESTATUS[0]}",
            "$shakedown run routing.exact 2>&-",
            "$shakedown run routing.exact 2>/dev/full",
        ]
    )
    func readerGone(line: String) async throws {
        #expect(try await self.checkout.shell(line).status == 0)
        try self.expectReports()
    }

    @Test(
        "a summary that cannot be written is the harness's failure, and the reports are written",
        arguments: [
            ("$shakedown run routing.exact -q >/dev/full", "no space left on device"),
            ("$shakedown run routing.exact -q --json >/dev/full", "no space left on device"),
            ("$shakedown run routing.exact -q >&-", "bad file descriptor"),
        ]
    )
    func unwritable(line: String, reason: String) async throws {
        let outcome = try await self.checkout.shell(line)
        #expect(outcome.status == 70)
        #expect(outcome.errors == "shakedown: error: cannot write standard output: \(reason)\n")
        try self.expectReports()
    }

    @Test(
        "commands that only print say that they could not",
        arguments: ["list", "list --json", "explain routing.exact", "certs --list"]
    )
    func printing(command: String) async throws {
        let outcome = try await self.checkout.shell("$shakedown \(command) >/dev/full")
        #expect(outcome.status == 70)
        #expect(outcome.errors == "shakedown: error: cannot write standard output: no space left on device\n")
    }

    @Test("a list that is read in part ends without a word, as if SIGPIPE had ended it")
    func partlyRead() async throws {
        // True reads nothing, so the pipe is closed before the list is long enough to fill it.
        let outcome = try await self.checkout.shell("$shakedown list --json | head -n 1; exit ${PIPESTATUS[0]}")
        #expect(outcome.status == 141)
        #expect(outcome.output == "[\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test("reports that do not fit are named; those that fit are written, whole")
    func fullDisk() async throws {
        // Files of at most 128 KiB: the page is larger, the summaries and the store of the edge are not.
        let line = "mkdir r; ulimit -f 128; $shakedown run routing.exact -q --evidence all --report r"
        let outcome = try await self.checkout.shell(line)
        #expect(outcome.status == 70)
        let page = self.checkout.folder.file("r/report.html").path
        #expect(
            outcome.errors.contains("shakedown: error: cannot write \(page): file too large\n"),
            "\(outcome.errors)"
        )
        #expect(outcome.output.hasSuffix("exit 70: reports are missing\n"), "the summary is printed all the same")
        let names = try FileManager.default.contentsOfDirectory(atPath: self.checkout.folder.file("r").path)
        #expect(Set(names).isSuperset(of: ["junit.xml", "summary.txt", "summary.md"]))
        #expect(!names.contains { $0.hasPrefix(".") || $0 == "report.html" }, "no half file: \(names)")
    }
}
