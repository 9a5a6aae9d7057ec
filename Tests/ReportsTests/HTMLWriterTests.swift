import Foundation
import Reports
import ScenarioModel
import Testing

@Suite("HTML writer")
struct HTMLWriterTests {
    @Test("500 cases with evidence fit in 2 MB")
    func size() {
        #expect(HTMLWriter.render(SampleRun.large(500)).utf8.count < 2_000_000)
    }

    @Test("the file asks for nothing from any network")
    func selfContained() {
        let page = HTMLWriter.render(SampleRun.everyOutcome())
        #expect(page.contains("default-src 'none'"))
        for word in ["<link", "<img", "<iframe", "src=\"", "@import", "url(", "fetch("] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test("the outcome is told without any script")
    func withoutScript() throws {
        let page = HTMLWriter.render(SampleRun.everyOutcome())
        let head = try #require(page.firstRange(of: "<script"))
        let unscripted = page[..<head.lowerBound]
        #expect(unscripted.contains("6 of 13 verdicts are not acceptable."))
        #expect(unscripted.contains("framing.records.split-inside-name[role=passthrough,engine=openssl]"))
        #expect(unscripted.contains("an upstream other than the expected one was contacted"))
        #expect(unscripted.contains("0x5eed"))
        for outcome in Outcome.allCases { #expect(unscripted.contains("data-outcome=\"\(outcome.rawValue)\"")) }
    }

    /// What a peer or a file might say to become part of the page.
    private static let attack = "</script><script>document.title='owned'</script><!--<img src=x onerror=alert(1)>\"'&"

    private static func attacked() -> RunReport {
        var report = SampleRun.everyOutcome()
        report.target.title = Self.attack
        report.target.version = Self.attack
        report.seed = Self.attack
        report.command = Self.attack
        report.problems = [Self.attack]
        report.tool.engines = [Self.attack]
        report.scenarios[3].title = Self.attack
        report.scenarios[3].references = [Self.attack, "javascript:alert(1)"]
        report.scenarios[3].rule.section = Self.attack
        var observation = SampleRun.observation(name: Self.attack)
        observation.clients[0].handshake.failure = Self.attack
        observation.clients[0].leg.timeline[0].detail = Self.attack
        report.results[3].observation = observation
        report.results[3].verdict.summary = Self.attack
        report.results[3].verdict.checks[0].observed = Self.attack
        report.results[3].replay = Self.attack
        report.results.append(SampleRun.result(Self.attack, .edge, .fail, 0, summary: Self.attack))
        return report
    }

    @Test("nothing that a peer says becomes markup")
    func escaping() {
        let page = HTMLWriter.render(Self.attacked())
        #expect(!page.contains("<script>document.title"))
        #expect(!page.contains("<img"))
        #expect(page.components(separatedBy: "<script").count == 3, "the data and the script")
        #expect(page.components(separatedBy: "</script").count == 3)
    }

    /// The page as a browser has it, once its script ran.
    private func open(_ report: RunReport, hash: String) throws -> String {
        try TestFolder.withTemporary { folder in
            let file = folder.appending(path: "report.html")
            try Data(HTMLWriter.render(report).utf8).write(to: file)
            let result = try #require(Tool("chromium")).run([
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--user-data-dir=\(folder.appending(path: "profile").path)", "--virtual-time-budget=2000", "--dump-dom",
                "\(file.absoluteString)#\(hash)",
            ])
            #expect(result.status == 0)
            return result.output
        }
    }

    @Test("a browser opens the case that the address names", .requiresChromium)
    func opensCase() throws {
        let report = SampleRun.everyOutcome()
        let id = report.results[3].testCase.id
        let hash = try #require(id.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let dom = try self.open(report, hash: "o=fail,hang&c=\(hash)")
        let panel = try #require(dom.components(separatedBy: "<aside").last)
        #expect(panel.contains("https://www.rfc-editor.org/rfc/rfc9846#section-5.1"))
        #expect(panel.contains("CVE-2026-32305"))
        #expect(panel.contains("Timeline of both legs"))
        #expect(panel.contains("378 ms without an event"))
        #expect(panel.contains("upstream decoy"))
        #expect(panel.contains("version 2, PROXY, 28 bytes"))
        #expect(panel.contains("equals upstream decoy"))
        #expect(panel.contains("No connection reached: tenant."))
        #expect(panel.contains("tcp_connection_closed.v0"))
        #expect(panel.contains("--case '\(id)' --seed 0x5eed"))
        #expect(dom.contains("2 of 13 cases"))
    }

    @Test("a browser runs nothing that a peer said", .requiresChromium)
    func runsNothing() throws {
        let dom = try self.open(Self.attacked(), hash: "")
        #expect(!dom.contains("<title>owned"))
        #expect(!dom.contains("<img"))
        #expect(dom.contains("14 cases"), "the page's own script ran")
    }
}
