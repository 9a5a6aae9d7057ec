import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("HTML writer")
struct HTMLWriterTests {
    @Test("500 cases with evidence fit in 2 MB, and 5,000 in 3 MB")
    func size() throws {
        #expect(try HTMLWriter.render(SampleRun.large(500)).utf8.count < 2_000_000)
        #expect(try HTMLWriter.render(SampleRun.large(5_000)).utf8.count < 3_000_000)
    }

    @Test("the file asks for nothing from any network")
    func selfContained() throws {
        let page = try HTMLWriter.render(SampleRun.everyOutcome())
        #expect(page.contains("default-src 'none'"))
        for word in ["<link", "<img", "<iframe", "src=\"", "@import", "url(", "fetch("] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test("the outcome is told without any script")
    func withoutScript() throws {
        let page = try HTMLWriter.render(SampleRun.everyOutcome())
        let head = try #require(page.firstRange(of: "<script"))
        let unscripted = page[..<head.lowerBound]
        #expect(unscripted.contains("7 of 14 verdicts are not acceptable, 1 of them for a SHOULD alone."))
        #expect(unscripted.contains("framing.records.split-inside-name[role=passthrough,engine=openssl]"))
        #expect(unscripted.contains("an upstream other than the expected one got bytes of the client"))
        #expect(unscripted.contains("0x5eed"))
        for outcome in Outcome.allCases { #expect(unscripted.contains("data-outcome=\"\(outcome.rawValue)\"")) }
    }

    @Test("what was tested is told: notes, what the target lacks, its configuration")
    func target() throws {
        let page = try HTMLWriter.render(SampleRun.everyOutcome())
        #expect(page.contains("<li>Names are chosen from the ClientHello (req.ssl_sni).</li>"))
        #expect(page.contains("<li>It writes no events.</li>"))
        #expect(page.contains("<code>haproxy.cfg</code> <span class=\"note\">and 2 more like it</span>"))
        #expect(page.contains("bind 127.0.0.1:8443 # &lt;b&gt;"))
    }

    @Test("expected failures are told with their reason, glob and link; failures with the replay of the first")
    func causes() throws {
        let page = try HTMLWriter.render(SampleRun.everyOutcome())
        let start = try #require(page.firstRange(of: "<section id=\"causes\""))
        let end = try #require(page[start.upperBound...].firstRange(of: "</section>"))
        let causes = page[start.lowerBound..<end.lowerBound]
        #expect(causes.contains("<b>1 ×</b> empty records are accepted</a>"))
        #expect(causes.contains("waiver framing.records.empty*, <a href=\"https://example.org/bugs/18\""))
        #expect(causes.contains("<b>1 ×</b> route: the decoy; expected tenant</a>"))
        #expect(causes.contains("shakedown run --target haproxy --case &#39;framing.records.split-inside-name"))
        #expect(!causes.contains("class=\"outcome c-pass\""))
    }

    @Test("every link inside the page leads to a case, a filter or an element that is there")
    func links() throws {
        let page = try HTMLWriter.render(SampleRun.compared())
        let ids = Set(page.matches(of: #/\sid="([^"]+)"/#).map { String($0.1) })
        let links = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
        #expect(links.contains("b=other-contacted"))
        #expect(links.contains("d=newly-failing"))
        #expect(links.contains { $0.hasPrefix("c=framing.records.split-inside-name%5Brole%3Dpassthrough") })
        for link in links where !link.contains("=") { #expect(ids.contains(link), "\(link)") }
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
        report.target.notes = [Self.attack]
        report.target.lacks = [Self.attack]
        report.configuration = [ConfigurationExcerpt(name: Self.attack, text: Self.attack)]
        report.results[4].verdict.waiver = Waiver.Citation(
            cases: Self.attack,
            reason: Self.attack,
            link: "javascript:alert(1)"
        )
        var earlier = SampleRun.everyOutcome()
        earlier.target.title = Self.attack
        earlier.results.append(SampleRun.result(Self.attack + "gone", .edge, .pass, 0))
        report.comparison = RunComparison(of: report, with: earlier)
        return report
    }

    @Test("nothing that a peer says becomes markup")
    func escaping() throws {
        let page = try HTMLWriter.render(Self.attacked())
        #expect(!page.contains("<script>document.title"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("href=\"javascript"))
        #expect(page.components(separatedBy: "<script").count == 3, "the data and the script")
        #expect(page.components(separatedBy: "</script").count == 3)
    }

    private static let filters = [
        ("l=should&s=ngrok", "1 of 14 cases", "An idle connection is closed"),
        ("s=bug", "1 of 14 cases", "A ClientHello cut into two records"),
        ("b=other-contacted", "1 of 14 cases", "Remove the filter Broken invariant"),
        ("d=newly-failing", "1 of 14 cases", "was pass"),
        ("x=0", "1 of 14 cases", "Remove the filter Cause"),
        ("l=may", "0 of 14 cases", "No case matches."),
    ]

    private static let openedCase = SampleRun.everyOutcome().results[3].testCase.id

    private static let addresses: [Browser.Address] = {
        let hash = Self.openedCase.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return [
            Browser.Address(report: SampleRun.everyOutcome(), hash: "o=fail,hang&c=\(hash)"),
            Browser.Address(report: Self.attacked(), hash: ""),
        ] + Self.filters.map { Browser.Address(report: SampleRun.compared(), hash: $0.0) }
    }()

    private static let documents = Task { try await Browser.open(Self.addresses) }

    @Test("a browser opens the case that the address names", .requiresChromium)
    func opensCase() async throws {
        let id = Self.openedCase
        let dom = try await Self.documents.value[0]
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
        #expect(dom.contains("2 of 14 cases"))
    }

    @Test("a browser shows what the address asks for", .requiresChromium)
    func showsFiltered() async throws {
        for (dom, filter) in zip(try await Self.documents.value.dropFirst(2), Self.filters) {
            #expect(dom.contains(">\(filter.1)<"), "\(filter.0)")
            #expect(dom.contains(filter.2), "\(filter.0)")
        }
    }

    @Test("a browser runs nothing that a peer said", .requiresChromium)
    func runsNothing() async throws {
        let dom = try await Self.documents.value[1]
        #expect(!dom.contains("<title>owned"))
        #expect(!dom.contains("<img"))
        #expect(dom.contains("15 cases"), "the page's own script ran")
    }
}
