import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Selecting")
struct SelectionTests {
    @Test("a level takes rules as binding or more")
    func levels() throws {
        let all = try Catalogue.scenarios.get()
        let must = ScenarioSelection(level: .must).apply(to: all)
        let should = ScenarioSelection(level: .should).apply(to: all)
        #expect(must.allSatisfy { $0.rule.level == .must })
        #expect(should.count > must.count && should.count < all.count)
        #expect(ScenarioSelection().apply(to: all) == all)
    }

    @Test("patterns take scenarios, everything below a label, and single cases")
    func patterns() throws {
        let all = try Catalogue.scenarios.get()
        let area = ScenarioSelection(patterns: ["mutual-tls"]).apply(to: all)
        #expect(!area.isEmpty && area.allSatisfy { $0.area == "mutual-tls" })
        let one = ScenarioSelection(patterns: ["routing.exact[role=edge,engine=openssl,version=1.3]"]).apply(to: all)
        #expect(one.flatMap(\.cases).map(\.id) == ["routing.exact[role=edge,engine=openssl,version=1.3]"])
    }

    @Test("tags take scenarios that have one of them")
    func tags() throws {
        let smoke = ScenarioSelection(tags: ["smoke"]).apply(to: try Catalogue.scenarios.get())
        #expect(!smoke.isEmpty && smoke.allSatisfy { $0.tags.contains("smoke") })
        let quick = ScenarioSelection(skippedTags: ["slow"]).apply(to: try Catalogue.scenarios.get())
        #expect(!quick.isEmpty && quick.allSatisfy { !$0.tags.contains("slow") })
        let none = ScenarioSelection(tags: ["slow"], skippedTags: ["slow"])
        #expect(none.apply(to: try Catalogue.scenarios.get()).isEmpty)
    }

    @Test("origins take the rules of those documents")
    func origins() throws {
        let all = try Catalogue.scenarios.get()
        for origin in [Rule.Origin.rfc, .proxyProtocol, .features, .ngrok] {
            let selected = ScenarioSelection(origins: [origin]).apply(to: all)
            #expect(!selected.isEmpty && selected.allSatisfy { $0.rule.origin == origin })
        }
        #expect(ScenarioSelection(origins: Set(Rule.Origin.allCases)).apply(to: all) == all)
    }

    @Test("a pattern that takes nothing is named")
    func unused() throws {
        let selection = ScenarioSelection(patterns: ["routing.exact", "ruoting.*"])
        #expect(selection.unusedPatterns(in: try Catalogue.scenarios.get()) == ["ruoting.*"])
    }
}
