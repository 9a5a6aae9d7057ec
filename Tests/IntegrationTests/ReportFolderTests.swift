import Foundation
import Testing

@Suite("Where runs write", .serialized)
struct ReportFolderTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    @Test("a folder in the place of latest, as earlier versions made, is kept, and the run goes on")
    func folderInPlaceOfLatest() async throws {
        let old = self.checkout.reports.appending(path: "latest")
        try FileManager.default.createDirectory(at: old, withIntermediateDirectories: true)
        try Data("old".utf8).write(to: old.appending(path: "summary.txt"))
        let outcome = try await self.checkout.run(["run", "routing.exact", "--quiet"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("latest-1"))
        let moved = self.checkout.reports.appending(path: "latest-1/summary.txt")
        #expect(try String(contentsOf: moved, encoding: .utf8) == "old")
        #expect(try !self.checkout.latestRun().results.isEmpty)
    }

    @Test("--report Reports/latest is a folder of the run's own, like no --report at all")
    func reportNamesLatest() async throws {
        for _ in 0..<2 {
            let outcome = try await self.checkout.run(["run", "routing.exact", "--quiet", "--report", "Reports/latest"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(self.checkout.runs.count == 3, "two runs and the link: \(self.checkout.runs)")
    }

    @Test("two runs that start together have two folders, and latest is one of them")
    func sameSecond() async throws {
        let line = "$shakedown run routing.exact -q >a & $shakedown run routing.exact -q >b; e=$?; wait $! && exit $e"
        let outcome = try await self.checkout.shell(line)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(self.checkout.runs.count == 3, "\(self.checkout.runs)")
        #expect(try !self.checkout.latestRun().results.isEmpty)
    }

    @Test("the oldest runs go when there are more than are kept, and nothing else does")
    func keepsTheLast() async throws {
        let published = self.checkout.reports.appending(path: "Published/haproxy")
        try FileManager.default.createDirectory(at: published, withIntermediateDirectories: true)
        let named = self.checkout.reports.appending(path: "mine").path
        #expect(try await self.checkout.run(["run", "routing.exact", "-q", "--report", named]).status == 0)
        for _ in 0..<4 {
            let outcome = try await self.checkout.run(["run", "routing.exact", "-q", "--keep-runs", "2"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(self.checkout.runs.count == 5, "\(self.checkout.runs)")
        #expect(self.checkout.runs.suffix(3) == ["Published", "latest", "mine"])
        #expect(try !self.checkout.latestRun().results.isEmpty)
    }

    @Test(
        "a run that could not start leaves no folder",
        arguments: ["ulimit -n 200", "exec 250>/dev/null; ulimit -n 200"]
    )
    func nothingToReport(trouble: String) async throws {
        let outcome = try await self.checkout.shell("\(trouble); $shakedown run -q")
        #expect(outcome.status == 70)
        #expect(outcome.errors.contains("open files"), "\(outcome.errors)")
        #expect(outcome.errors.contains("ulimit"), "\(outcome.errors)")
        #expect(self.checkout.runs.isEmpty)
        #expect(try self.checkout.leftovers.isEmpty)
    }
}
