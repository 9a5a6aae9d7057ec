import FolderTesting
import Foundation
import Reports
import ScenarioModel
import Testing
import Verdicts

@Suite("The compatibility page")
struct CompatibilityTests {
    private static func publication(
        _ reports: [RunReport],
        absent: [Compatibility.AbsentTarget] = [],
        since earlier: Compatibility? = nil
    ) throws -> CompatibilityPublication {
        var collector = CompatibilityCollector(columnCount: reports.count)
        for report in reports { try collector.add(report, id: report.target.name) }
        return collector.finished(
            tool: .init(version: "1.4.0"),
            madeAt: "2026-11-28T04:00:00Z",
            absent: absent,
            since: earlier
        )
    }

    /// The same catalogue against another target, with other outcomes here and there.
    private static func other(_ name: String, shiftedBy shift: Int, of report: RunReport) -> RunReport {
        var other = report
        other.target.name = name
        other.target.title = "Edge \(name)"
        let outcomes: [Outcome] = [
            .pass, .pass, .passLenient, .fail, .unsupported, .expectedFail, .informational, .pass,
        ]
        for index in other.results.indices where index % 11 == shift % 11 {
            other.results[index].verdict.outcome = outcomes[(index / 11 + shift) % outcomes.count]
        }
        return other
    }

    private static func two() throws -> CompatibilityPublication {
        let report = SampleRun.everyOutcome()
        return try Self.publication(
            [report, Self.other("second", shiftedBy: 0, of: report)],
            absent: [
                .init(
                    name: "envoy",
                    title: "Envoy",
                    state: .notHere,
                    reason: "no program 'envoy'",
                    remedy: "install it"
                )
            ]
        )
    }

    @Test("ten targets of 5,000 cases fit in 3 MB, with what the worst of them saw")
    func size() throws {
        let report = SampleRun.large(5_000)
        var collector = CompatibilityCollector(columnCount: 10)
        for number in 0..<10 {
            let other = Self.other("edge-\(number)", shiftedBy: number, of: report)
            try collector.add(other, id: other.target.name)
        }
        let publication = collector.finished(tool: .init(version: "1"), madeAt: "2026-11-28T04:00:00Z")
        #expect(publication.compatibility.columns.count == 10)
        #expect(publication.compatibility.caseCount >= 5_000)
        let page = publication.page
        #expect(page.utf8.count < 3_000_000, "\(page.utf8.count)")
        #expect(page.contains("\"lanes\":"))
    }

    @Test("the page asks for nothing from any network, and runs only its own scripts")
    func selfContained() throws {
        let page = try Self.two().page
        #expect(page.contains("default-src 'none'"))
        for word in ["<link", "<img", "<iframe", "src=\"", "@import", "url(", "fetch(", "unsafe-inline"] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.components(separatedBy: "<script").count == 4, "one in the head, the data, and the script")
    }

    @Test("without any script the matrix, the scores, the behaviours and who is missing can be read")
    func withoutScript() throws {
        let page = try Self.two().page
        let body = try #require(page.firstRange(of: "<body"))
        let data = try #require(page.firstRange(of: "<script id=\"data\""))
        let unscripted = page[body.lowerBound..<data.lowerBound]
        #expect(unscripted.contains("<tr id=\"s-framing.records.split-inside-name\" data-level=\"must\">"))
        #expect(unscripted.contains("<td class=\"g-broken\">‼ 1</td>"))
        #expect(unscripted.contains("A ClientHello cut into two records inside the host name"))
        #expect(unscripted.contains("A client asks for a name that nobody serves"))
        #expect(unscripted.contains("no program &#39;envoy&#39;"))
        #expect(unscripted.contains("<code>install it</code>"))
        #expect(unscripted.contains("bind 127.0.0.1:8443 # &lt;b&gt;"))
        #expect(
            unscripted.contains("never the target&#39;s failure") || unscripted.contains("never the target's failure")
        )
        for grade in CompatibilityGrade.allCases { #expect(unscripted.contains("g-\(grade.rawValue)\"")) }
    }

    @Test("both scores are there for each target: what was waived is not held, and the harness's trouble is no failure")
    func scores() throws {
        let columns = try Self.two().compatibility.columns
        // By RFC MUSTs of everyOutcome(): a pass is held; a failure, a waived one, and a flaky one are not; an error and a case
        // that was not run are undecided; a MUST that was left free or not supported counts for nothing. An unexpected pass is one.
        #expect(columns[0].musts == MustScore(held: 2, supported: 5, undecided: 2))
        #expect(columns[0].features == FeatureScore(declared: 3, known: Feature.all.count))
        #expect(columns[0].brokenCount == 1)
        #expect(columns[0].undecidedCount == 2)
    }

    @Test("every link inside the page leads to an element that is there, or to a view")
    func links() throws {
        let page = try Self.two().page
        let ids = Set(page.matches(of: #/\sid="([^"]+)"/#).map { String($0.1) })
        let links = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
        #expect(links.contains("target-haproxy"))
        for link in links where !link.contains("=") { #expect(ids.contains(link), "\(link)") }
        #expect(page.matches(of: #/\sid="([^"]+)"/#).count == ids.count, "no id twice")
    }

    @Test("a page that is published names no folder of the machine")
    func places() throws {
        var report = SampleRun.everyOutcome()
        report.configuration = [
            ConfigurationExcerpt(
                name: "haproxy.cfg",
                text: "crt-list /var/tmp/me/shakedown-haproxy-4f2a/crt-list.txt\nlib /home/me/src/.programs/x/lib.so\n"
            )
        ]
        report.results[3].verdict.summary = "OPENSSL_internal:X at /home/me/src/.build/checkouts/ssl/handshake.cc:600"
        let page = try Self.publication([report]).page
        #expect(page.contains("OPENSSL_internal:X at ssl/handshake.cc:600"))
        #expect(page.contains("crt-list (work folder)/crt-list.txt"))
        #expect(page.contains("lib (checkout)/.programs/x/lib.so"))
        #expect(!page.contains("/home/me") && !page.contains("/var/tmp/me"))
    }

    private static let attack = "</script><script>document.title='owned'</script><!--<img src=x onerror=alert(1)>\"'&"

    private static func attacked() throws -> CompatibilityPublication {
        var report = SampleRun.everyOutcome()
        report.target.name = Self.attack
        report.target.title = Self.attack
        report.target.version = Self.attack
        report.seed = Self.attack
        report.machine = Self.attack
        report.problems = [Self.attack]
        report.tool.engines = [Self.attack]
        report.target.notes = [Self.attack]
        report.scenarios[3].title = Self.attack
        report.scenarios[3].rationale = Self.attack
        report.scenarios[3].references = [Self.attack, "javascript:alert(1)"]
        report.scenarios[3].rule.section = Self.attack
        report.configuration = [ConfigurationExcerpt(name: Self.attack, text: Self.attack)]
        report.results[3].verdict.summary = Self.attack
        report.results[3].verdict.checks[0].observed = Self.attack
        report.results[3].replay = Self.attack
        report.results[3].observation = SampleRun.observation(name: Self.attack)
        report.results[4].verdict.waiver = .init(cases: Self.attack, reason: Self.attack, link: "javascript:alert(1)")
        report.results.append(SampleRun.result(Self.attack, .edge, .fail, 0, summary: Self.attack))
        report.results.append(SampleRun.result("routing.unknown-name", .edge, .fail, 0, summary: Self.attack))
        let earlier = try Self.publication([report]).compatibility
        report.results[0].verdict.outcome = .fail
        return try Self.publication(
            [report],
            absent: [
                .init(name: "x", title: Self.attack, state: .failedToRun, reason: Self.attack, remedy: Self.attack)
            ],
            since: earlier
        )
    }

    @Test("nothing that a peer, a target or a file says becomes markup")
    func escaping() throws {
        let publication = try Self.attacked()
        let page = publication.page
        #expect(!page.contains("<script>document.title"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("href=\"javascript"))
        #expect(page.components(separatedBy: "<script").count == 4)
        #expect(page.components(separatedBy: "</script").count == 4)
        let markdown = CompatibilityMarkdown.render(publication.compatibility)
        #expect(!markdown.contains("<script") && !markdown.contains("<img"))
    }

    @Test("Markdown has the scores, the behaviours, the areas and what failed somewhere")
    func markdown() throws {
        let text = CompatibilityMarkdown.render(try Self.two().compatibility)
        #expect(
            text.contains("| HAProxy 3.2.4 | 2 of 5 (2 undecided) | 3 of \(Feature.all.count) | passthrough, edge |")
        )
        #expect(text.contains("| Envoy | not here |"))
        #expect(text.contains("### A client asks for a name that nobody serves"))
        #expect(text.contains("| <code>framing.records.split-inside-name</code> | RFC 9846 § 5.1 MUST | ‼ 1 |"))
        #expect(!text.contains("| <code>routing.sni.trailing-dot</code>"), "nobody failed there")
    }

    @Test("its JSON is read back, and is what a later page is told from")
    func json() throws {
        try withTemporaryFolder { folder in
            let publication = try Self.two()
            try publication.write(to: folder)
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
            #expect(names == CompatibilityPublication.FileName.all)
            let read = try #require(try CompatibilityFile.read(folder))
            #expect(read == publication.compatibility)
            let badges = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "badges").path)
            #expect(
                badges.sorted() == [
                    "haproxy-features.svg", "haproxy-musts.svg", "second-features.svg", "second-musts.svg",
                ]
            )
            let later = try Self.publication([SampleRun.compared()], since: read)
            #expect(later.compatibility.changes?.columns.map(\.id) == ["haproxy"])
            #expect(later.page.contains("Different from 2026-11-28 04:00:00 UTC"))
        }
    }

    @Test("what is no compatibility.json is told from one that was spoilt")
    func foreignFiles() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "x.json")
            try JSONWriter.renderRun(SampleRun.everyOutcome()).write(to: file)
            #expect(try CompatibilityFile.read(file) == nil, "a run is for others to read")
            let json = String(decoding: try Self.two().json(), as: UTF8.self)
            try Data(json.replacing("\"schemaVersion\" : 1", with: "\"schemaVersion\" : 7").utf8).write(to: file)
            #expect(throws: (any Error).self) { try CompatibilityFile.read(file) }
            try Data(json.replacing("\"rows\"", with: "\"rowz\"").utf8).write(to: file)
            #expect(throws: (any Error).self) { try CompatibilityFile.read(file) }
            try FileManager.default.removeItem(at: file)
            #expect(throws: (any Error).self) { try CompatibilityFile.read(file) }
        }
    }

    @Test("badges are XML, and a title that is not to be trusted stays text", .requiresXMLLint)
    func badges() throws {
        try withTemporaryFolder { folder in
            try Self.attacked().write(to: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "badges").path) {
                let file = folder.appending(path: "badges/\(name)").path
                let result = try #require(Tool("xmllint")).run(["--noout", file])
                #expect(result.status == 0, "\(result.output)")
            }
        }
    }

    @Test("runs are put side by side by case: one that only another target was asked is told")
    func alignment() throws {
        let report = SampleRun.everyOutcome()
        var other = Self.other("second", shiftedBy: 20, of: report)
        other.results.removeFirst(3)
        other.results.append(SampleRun.result("routing.sni.exact", .passthrough, .fail, 0.1))
        let compatibility = try Self.publication([report, other]).compatibility
        let row = try #require(compatibility.rows.first { $0.scenario == "routing.sni.exact" })
        #expect(row.cases.count == 2)
        #expect(row.cells[0]?.marks == [CaseMark(outcome: .pass), nil])
        #expect(row.cells[1]?.marks == [nil, CaseMark(outcome: .fail)])
        #expect(compatibility.rows.first { $0.scenario == "routing.sni.trailing-dot" }?.cells[1] == nil)
    }

    // MARK: In a browser

    private static let openedCase = SampleRun.everyOutcome().results[3].testCase.id

    private static let hashes = [
        "c=\(Self.openedCase.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")&t=haproxy",
        "s=routing.sni.exact", "g=broken", "v=differs", "s-framing.records.empty", "v=behaviours",
        "q=hello+cut&f=second",
    ]

    private static let documents = Task {
        let page = try Self.two().page
        let attacked = try Self.attacked().page
        return try await Browser.open(pages: Self.hashes.map { (page, $0) } + [(attacked, "")])
    }

    @Test(
        "a browser opens the case that the address names, with what was seen and how to play it again",
        .requiresChromium
    )
    func opensCase() async throws {
        let dom = try await Self.documents.value[0]
        let panel = try #require(dom.components(separatedBy: "<aside").last)
        #expect(panel.contains("HAProxy 3.2.4"))
        #expect(panel.contains("Timeline of both legs"))
        #expect(panel.contains("version 2, PROXY, 28 bytes"))
        #expect(panel.contains("--case '\(Self.openedCase)' --seed 0x5eed"))
        #expect(panel.contains("an upstream other than the expected one got bytes of the client"))
    }

    @Test("a browser shows a scenario's cases side by side", .requiresChromium)
    func comparesTargets() async throws {
        let panel = try #require(try await Self.documents.value[1].components(separatedBy: "<aside").last)
        #expect(panel.contains("An exact server name reaches its own upstream"))
        #expect(panel.contains("HAProxy<small>3.2.4</small>"))
        #expect(panel.contains("Edge second<small>3.2.4</small>"))
        #expect(panel.contains("engine=openssl"))
    }

    @Test("a browser narrows the matrix to what the address asks for", .requiresChromium)
    func filters() async throws {
        let documents = try await Self.documents.value
        #expect(documents[2].contains(">1 of 14 scenarios<"))
        #expect(documents[3].contains("data-view=\"differs\""))
        #expect(!documents[3].contains(">14 scenarios<"))
        #expect(documents[4].contains("<tr id=\"s-framing.records.empty\" data-level=\"must\" class=\"aimed\">"))
        #expect(documents[5].contains("data-view=\"behaviours\""))
        #expect(documents[6].contains(">1 of 14 scenarios<"))
    }

    @Test("a browser runs nothing that a peer said", .requiresChromium)
    func runsNothing() async throws {
        let dom = try #require(try await Self.documents.value.last)
        #expect(!dom.contains("<title>owned"))
        #expect(!dom.contains("<img"))
        #expect(dom.contains("scenarios<"), "the page's own script ran")
    }
}
