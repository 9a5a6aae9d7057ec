import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("The catalogue")
struct CatalogueTests {
    @Test("loads without a problem, and has the breadth it is meant to have")
    func loads() throws {
        let scenarios = try Catalogue.scenarios.get()
        let cases = scenarios.flatMap(\.cases)
        #expect(scenarios.count >= 450)
        #expect(cases.count >= 5000)
        let areas = Set(scenarios.map(\.area))
        #expect(
            areas == [
                "routing", "framing", "names", "termination", "re-encrypt", "mutual-tls", "starttls", "not-tls",
                "silence", "proxy-protocol", "ip-restrictions", "availability", "closing", "transfer", "events",
                "neighbours", "operations", "records", "resumption", "retry", "cryptography", "early-data",
                "second-flight", "limits", "edges", "pools", "api", "policies", "hello", "ech",
                "stacks",
            ]
        )
    }

    @Test("has a rule with document, section and a title for every scenario")
    func rules() throws {
        for scenario in try Catalogue.scenarios.get() {
            #expect(!scenario.title.isEmpty && !scenario.title.contains("${"), "\(scenario.id)")
            #expect(!scenario.rule.section.isEmpty, "\(scenario.id)")
        }
    }

    @Test("guards every case with an invariant")
    func invariants() throws {
        for testCase in try Catalogue.scenarios.get().flatMap(\.cases) {
            #expect(!testCase.expectation.never.isEmpty, "\(testCase.id)")
        }
    }

    @Test("never lets a refused client or a routed one pass without a route that is looked at")
    func routes() throws {
        for testCase in try Catalogue.scenarios.get().flatMap(\.cases) {
            for expectation in testCase.expectation.strict where expectation.handshake == .completed {
                #expect(expectation.route != nil, "\(testCase.id)")
            }
        }
    }

    @Test("uses every certificate recipe, itself or as an issuer")
    func recipes() throws {
        // The last is what a step gives the API.
        var used: Set<String> = [
            "edge-server", "agent-server", "edge-default", "agents-listener", "server-one-label",
        ]
        for testCase in try Catalogue.scenarios.get().flatMap(\.cases) {
            if let certificate = testCase.client.certificate { used.insert(certificate) }
            for endpoint in testCase.endpoints {
                used.formUnion(endpoint.mutualTLS)
                used.insert(endpoint.upstream.certificate)
                used.formUnion(endpoint.upstream.mutualTLS)
                if let certificate = endpoint.upstreamClientCertificate { used.insert(certificate) }
                if let certificate = endpoint.certificate { used.insert(certificate) }
                if case .against(let ca) = endpoint.upstreamVerification { used.insert(ca) }
            }
        }
        let issuers = try Catalogue.recipeTexts().flatMap { text in
            text.matches(of: /(?:issuer|impersonates): ([a-z0-9-]+)/).map { String($0.1) }
        }
        #expect(Catalogue.recipes.subtracting(used).subtracting(issuers) == [])
    }

    @Test("uses bulk transfers sparingly")
    func bulk() throws {
        let bytes = try Catalogue.scenarios.get().flatMap(\.cases).reduce(0) { sum, testCase in
            guard case .transfer(let up, let down) = testCase.exchange else { return sum }
            return sum + up + down
        }
        #expect(bytes < 1 << 30)
    }
}
