import ScenarioModel
import Testing

@testable import ScenarioFiles

/// A whole good scenario with one part replaced.
func scenarioText(_ replacing: String = "", with text: String = "") -> String {
    let good = """
        id: area.name
        title: A title
        rule: { document: RFC 9846, section: "5.1", level: must }
        roles: [edge]
        engines: [openssl]
        parameters:
          version: ["1.2", "1.3"]
        endpoints:
          tenant: { mutual-tls: ca-clients }
        client: { sni: "${tenant.name}", version: "${version}" }
        deliver: { segments: { cuts: middle, gap: 20ms } }
        exchange: echo
        expect:
          strict: { route: tenant, handshake: completed }
          never: other-contacted
        """
    guard let range = good.firstRange(of: replacing) else { return good }
    return good.replacingCharacters(in: range, with: text)
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}

@Suite("Loading")
struct LoaderTests {
    let loader = ScenarioLoader(recipes: Catalogue.recipes)

    @Test("expands roles, engines, parameters and deliveries, and names the choices in that order")
    func expands() throws {
        let text = scenarioText("roles: [edge]", with: "roles: [edge, agent]")
            .replacing("deliver: {", with: "deliver:\n  - { name: whole }\n  - { name: cut, ").replacing(
                "gap: 20ms } }",
                with: "gap: 20ms } }"
            )
        let scenario = try #require(try self.loader.load(text: text, file: "a.yaml").first)
        #expect(scenario.cases.count == 8)
        #expect(scenario.cases.first?.id == "area.name[role=edge,engine=openssl,version=1.2,deliver=whole]")
        #expect(scenario.cases.last?.id == "area.name[role=agent,engine=openssl,version=1.3,deliver=cut]")
        #expect(scenario.cases.last?.client.delivery == Delivery(segmentCuts: [.middle], gapMilliseconds: 20))
        #expect(scenario.cases.last?.client.minimumVersion == .tls13)
        #expect(scenario.cases.last?.role == .agent)
    }

    @Test("keeps every character of a text, also what combines with the end of an expression")
    func charactersBesideExpressions() throws {
        let text = scenarioText("${tenant.name}", with: #"${tenant.label}\u0301.${tenant.parent}\u200d"#)
        let testCase = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases.first)
        let domain = try #require(testCase.endpoints.first?.domain)
        let label = String(domain.prefix { $0 != "." })
        let parent = String(domain.dropFirst(label.count + 1))
        // By their bytes: texts are equal where what combines is written in another way.
        let expected = label + "\u{301}." + parent + "\u{200d}"
        #expect(testCase.client.serverName.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test("gives every case names of its own, the same in every process")
    func names() throws {
        let scenario = try #require(try self.loader.load(text: scenarioText(), file: "a.yaml").first)
        let domains = scenario.cases.compactMap(\.endpoints.first?.domain)
        #expect(Set(domains).count == 2)
        // FNV-1a, 64 bits folded to 48: written down so that a change of the hash is noticed.
        #expect(StableHash.value(of: "") == 0x9ce4_8422_2325 ^ 0xcbf2)
        #expect(StableHash.value(of: "a") == 0xdc4c_8601_ec8c ^ 0xaf63)
        #expect(domains.allSatisfy { $0.hasPrefix("tenant-") && $0.hasSuffix(".shakedown.test") && $0.count == 34 })
        #expect(scenario.cases.map(\.client.serverName) == domains)
    }

    @Test("calls an endpoint with a domain of its own by that domain")
    func ownDomain() throws {
        let text = scenarioText(
            "tenant: {",
            with: "far: { domain: \"a.${near.name}\" }\n  near: { domain: \"*.b.${tenant.name}\" }\n  tenant: {"
        )
        .replacing("sni: \"${tenant.name}\"", with: "sni: \"${far.upper}\"")
        let testCase = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases.first)
        let tenant = try #require(testCase.endpoints.last?.domain)
        #expect(testCase.endpoints.map(\.domain) == ["a.b.\(tenant)", "*.b.\(tenant)", tenant])
        #expect(testCase.client.serverName == "a.b.\(tenant)".uppercased())
    }

    @Test("writes the server_name extension of an edit as RFC 6066 has it")
    func secondServerName() throws {
        let text = scenarioText("openssl", with: "bytes").replacing("exchange: echo", with: "exchange: wait")
            .replacing("handshake: completed", with: "handshake: refused")
            .replacing(
                "version: \"${version}\"",
                with: "version: \"${version}\", hello: { extensions: [{ prepend: { server-name: ab.c } }] }"
            )
        let testCase = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases.first)
        guard case .builtHello(let hello) = testCase.client.opening else {
            Issue.record("no hello")
            return
        }
        #expect(hello.extensionEdits == [.prepend(type: 0, data: ByteString([0, 7, 0, 0, 4] + Array("ab.c".utf8)))])
    }

    @Test("puts the features that the parts imply beside those that the file declares")
    func needs() throws {
        let text = scenarioText("exchange:", with: "requires: [hello.64k]\nexchange:")
            .replacing("tenant: { mutual", with: "tenant: { proxy-protocol: 2, wildcard: true, mutual")
        let scenario = try #require(try self.loader.load(text: text, file: "a.yaml").first)
        #expect(
            scenario.cases.first?.requires.map(\.rawValue)
                == ["hello.64k", "mutual-tls", "proxy-protocol.2", "wildcard-names"]
        )
    }

    @Test("takes a file's defaults where a scenario says nothing, and whole keys only")
    func defaults() throws {
        let lines = scenarioText().split(separator: "\n", omittingEmptySubsequences: false)
        let shared = lines.dropFirst(2).map { "  " + $0 }.joined(separator: "\n")
        let text =
            "defaults:\n\(shared)\nscenarios:\n  - { id: a.one, title: One }\n  - { id: a.two, title: Two, roles: agent }\n"
        let scenarios = try self.loader.load(text: text, file: "a.yaml")
        #expect(scenarios.map(\.roles) == [[.edge], [.agent]])
        #expect(scenarios.map(\.cases.count) == [2, 2])
    }

    @Test("replaces the grades that a role or an override names, and leaves the others")
    func overrides() throws {
        let text =
            scenarioText("roles: [edge]", with: "roles: [edge, agent]") + """

                  lenient: { handshake: refused }
                  agent: { strict: { route: none } }
                  overrides:
                    - when: { version: "1.3", role: agent }
                      lenient: { endings: reset }
                """
        let cases = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases)
        #expect(
            cases.map { $0.expectation.strict.first?.route } == [
                .endpoint("tenant"), .endpoint("tenant"), Expectation.Route.none, Expectation.Route.none,
            ]
        )
        #expect(cases.map { $0.expectation.lenient.first?.handshake } == [.refused, .refused, .refused, nil])
        #expect(cases.last?.expectation.lenient.first?.endings == [.reset])
    }

    @Test("hands lists and mappings through a parameter's fields, and substitutes inside them")
    func fields() throws {
        let text = scenarioText(
            "  version: [\"1.2\", \"1.3\"]",
            with:
                "  version:\n    new: { number: \"1.3\", want: { route: tenant, handshake: completed, alerts: [unknown_ca, bad_certificate] }, name: \"a.${tenant.upper}\" }"
        )
        .replacing("version: \"${version}\"", with: "version: \"${version.number}\"")
        .replacing("sni: \"${tenant.name}\"", with: "sni: \"${version.name}\"")
        .replacing("{ route: tenant, handshake: completed }", with: "\"${version.want}\"")
        let made = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases.first)
        #expect(made.expectation.strict.first?.alerts == ["unknown_ca", "bad_certificate"])
        #expect(made.client.serverName?.hasPrefix("a.TENANT-") == true)
        #expect(made.id.hasSuffix("version=new]"))
    }

    @Test("leaves out the combinations that 'except' describes")
    func except() throws {
        let text = scenarioText("exchange:", with: "except: { role: edge, version: \"1.2\" }\nexchange:")
        let cases = try #require(try self.loader.load(text: text, file: "a.yaml").first?.cases)
        #expect(cases.map(\.client.maximumVersion) == [.tls13])
    }

    @Test("pads a name with labels to the byte", arguments: [253, 254, 255, 300, 35, 36, 37, 86, 87])
    func pads(length: Int) throws {
        var scope = Scope()
        scope.endpointNames["wild"] = "wild-3fa9c2d1b07e.shakedown.test"
        guard case .text(let name)? = scope.meaning(of: "wild.padded-\(length)") else {
            Issue.record("no name of \(length) bytes")
            return
        }
        #expect(name.utf8.count == length)
        #expect(
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { (1...63).contains($0.utf8.count) }
        )
    }
}
