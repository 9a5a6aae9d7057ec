import DocumentationTesting
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Targets

/// The rendered configurations of four endpoints, held to files that were read by a person and loaded by the edges.
/// `SHAKEDOWN_UPDATE_GOLDEN=1` writes them anew.
@Suite("Rendered configurations")
struct GoldenConfigurationTests {
    private static let secrets = RunSecrets(
        token: "secret",
        otherToken: "another secret",
        apiKey: "a secret key",
        otherAPIKey: "another secret key"
    )

    static let plans = [
        Fixture.plan("*.wild.shakedown.test"),
        Fixture.plan(
            "plain.shakedown.test",
            hasOwnAgent: true,
            allow: ["127.0.0.0/8", "::1/128"],
            deny: ["127.0.0.66/32"],
            proxyProtocol: 1
        ),
        Fixture.plan("mutual.shakedown.test", .edge, mutualTLS: ["ca-clients"], allow: ["127.0.0.1/32"]),
        Fixture.plan(
            "verified.shakedown.test",
            .reEncrypt,
            verification: .against(ca: "ca-servers"),
            upstreamClientCertificate: "client-good"
        ),
    ]

    @Test("are what the golden files say", arguments: TargetDefinition.available(in: Fixture.targets))
    func golden(_ name: String) throws {
        try withTemporaryFolder { folder in
            let definition = try Fixture.definition(of: name)
            let deployment = Fixture.deployment(
                in: URL(filePath: "/work-folder"),
                Self.plans.filter { definition.features.contains(.role($0.role)) }
            )
            var values = TemplateValues(
                deployment,
                definition: definition,
                secrets: Self.secrets,
                machine: TemplateValues.Machine(user: "root", maximumConnections: 8_000)
            )
            values.set(places: Self.places(of: definition))
            values.add(["agents": "127.0.0.1:20444"], ofProcess: "edge")
            let writer = ConfigurationWriter(definition: definition, directory: folder)
            for plan in definition.description.processes where plan.serves != .ownAgent {
                let isAgent = plan.serves == .sharedAgent
                let values = values.forInstance(isAgent ? "shared" : plan.name, of: deployment) {
                    isAgent ? $0.usesSharedAgent : plan.covers($0)
                }
                try writer.write(plan.templates, values: values)
            }
            try Self.compare(
                folder,
                with: URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "Golden/\(name)")
            )
        }
    }

    @Test(
        "say how many connections there may be, where the target keeps that limit and a case asks for it",
        arguments: TargetDefinition.available(in: Fixture.targets),
        ConnectionLimit.allCases
    )
    func limits(_ name: String, limit: ConnectionLimit) throws {
        let definition = try Fixture.definition(of: name)
        guard let edge = definition.description.edgePlan else { return }
        var deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), [Fixture.plan("plain.shakedown.test")])
        func isSaid() throws -> Bool {
            var values = TemplateValues(
                deployment,
                definition: definition,
                secrets: Self.secrets
            )
            values.set(places: Self.places(of: definition))
            return try withTemporaryFolder { folder in
                let writer = ConfigurationWriter(definition: definition, directory: folder)
                return try writer.write(
                    edge.templates,
                    values: values.forInstance(edge.name, of: deployment) { _ in true }
                )
                .contains { $0.text.contains(/\b171\b/) }
            }
        }
        #expect(try !isSaid())
        deployment.limits = [limit: 171]
        #expect(try isSaid() == definition.features.contains(.limit(limit)))
    }

    /// Labelled tunnels have no name, and of a pool only one says it to the edge.
    @Test("of labelled tunnels and pools are what the golden files say", arguments: ["reference"])
    func tunnels(_ name: String) throws {
        var tunnels = [
            Fixture.plan("upstream.shakedown.test"), Fixture.plan("edge.shakedown.test", .edge),
            Fixture.plan("agent.shakedown.test", .agent), Fixture.plan("verified.shakedown.test", .reEncrypt),
            Fixture.plan("pool.shakedown.test", hasOwnAgent: true),
            Fixture.plan("pool.shakedown.test", hasOwnAgent: true),
        ]
        for index in 0..<4 { tunnels[index].labels = ["team": "web", "floor": "\(index)"] }
        for index in 4..<6 { tunnels[index].isPooled = true }
        tunnels[5].key = "second"
        tunnels[5].poolOf = "tenant"
        try withTemporaryFolder { folder in
            let definition = try Fixture.definition(of: name)
            let deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), tunnels)
            var values = TemplateValues(
                deployment,
                definition: definition,
                secrets: Self.secrets,
                machine: TemplateValues.Machine(user: "root", maximumConnections: 8_000)
            )
            values.set(places: Self.places(of: definition))
            values.add(["agents": "127.0.0.1:20444"], ofProcess: "edge")
            let writer = ConfigurationWriter(definition: definition, directory: folder)
            for plan in definition.description.processes {
                let (instance, isServed): (String, (EndpointPlan) -> Bool) =
                    switch plan.serves {
                    case .sharedAgent: ("shared", \.usesSharedAgent)
                    case .ownAgent: ("e5", { $0.hasAgent(named: tunnels[5].agentName) })
                    case .edge, .helper, .eachEndpoint: (plan.name, { _ in true })
                    }
                try writer.write(plan.templates, values: values.forInstance(instance, of: deployment, where: isServed))
            }
            try Self.compare(
                folder,
                with: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)-tunnels")
            )
        }
    }

    /// What a policy does with TLS is the bind's affair too, and internal names are nobody's to reserve.
    @Test("of policies and internal endpoints are what the golden files say", arguments: ["reference"])
    func policies(_ name: String) throws {
        var plans = [
            Fixture.plan("bound.shakedown.test", .edge), Fixture.plan("ended.shakedown.test", .edge),
            Fixture.plan("app.internal"),
        ]
        plans[1].isTerminatedByPolicy = true
        plans[2].isInternal = true
        try withTemporaryFolder { folder in
            let definition = try Fixture.definition(of: name)
            var deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), plans)
            for index in 0..<2 { deployment.endpoints[index].policy = #"{"on_tcp_connect":[]}"# }
            var values = TemplateValues(
                deployment,
                definition: definition,
                secrets: Self.secrets,
                machine: TemplateValues.Machine(user: "root", maximumConnections: 8_000)
            )
            values.set(places: Self.places(of: definition))
            values.add(["agents": "127.0.0.1:20444"], ofProcess: "edge")
            let writer = ConfigurationWriter(definition: definition, directory: folder)
            for plan in definition.description.processes where plan.serves != .ownAgent {
                let instance = plan.serves == .sharedAgent ? "shared" : plan.name
                try writer.write(plan.templates, values: values.forInstance(instance, of: deployment) { _ in true })
            }
            try Self.compare(
                folder,
                with: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)-policies")
            )
        }
    }

    private static func places(of definition: TargetDefinition) -> TargetPlaces {
        var common = Places()
        for name in definition.description.processes.flatMap(\.ports) {
            common.ports[name] = UInt16(20_500 + common.ports.count)
        }
        for name in definition.description.processes.flatMap(\.sockets) {
            common.sockets[name] = "/work-folder/\(name).sock"
        }
        return TargetPlaces(edgePort: 20_443, common: common)
    }

    static func compare(_ folder: URL, with golden: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!files.isEmpty)
        if ProcessInfo.processInfo.environment["SHAKEDOWN_UPDATE_GOLDEN"] != nil {
            try? FileManager.default.removeItem(at: golden)
            try FileManager.default.copyItem(at: folder, to: golden)
        }
        #expect(files == (try FileManager.default.contentsOfDirectory(atPath: golden.path).sorted()))
        for file in files {
            let rendered = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let expected = try String(contentsOf: golden.appending(path: file), encoding: .utf8)
            #expect(rendered == expected, "\(file)")
        }
    }

    @Test(
        "a value stays inside its quotes",
        arguments: [
            ("QUOTED", "/a \\\"b\\\"\\\\c\td"), ("YAML", "/a \\\"b\\\"\\\\c\\u0009d"),
            ("JSON", "/a \\\"b\\\"\\\\c\\u0009d"), ("TOML", "/a \\\"b\\\"\\\\c\\u0009d"), ("TEXT", "/a \"b\"\\c\td"),
        ]
    )
    func quoting(type: String, expected: String) throws {
        ContentTypes.register()
        let text = try ConfigurationWriter.render(
            "{{% CONTENT_TYPE:\(type)}}\n\"{{path}}\"",
            values: ["path": "/a \"b\"\\c\td"],
            name: "t"
        )
        #expect(text == "\"\(expected)\"")
    }

    @Test("where there are no quotes a value is a plain word, or an error")
    func plainWords() throws {
        ContentTypes.register()
        let template = "{{% CONTENT_TYPE:WORD}}listen {{address}} {{name}}"
        func render(_ name: String) throws -> String {
            try ConfigurationWriter.render(template, values: ["address": "[::1]:443", "name": name], name: "t")
        }
        #expect(try render("*.a-b_c.test") == "listen [::1]:443 *.a-b_c.test")
        for name in ["", "a b", "a;b", "a\"b", "a\nb", "$a", "a#b", "ä"] {
            let error = try #require(throws: TargetError.self) { try render(name) }
            #expect(error.message == "the template t writes plain words (CONTENT_TYPE:WORD), and '\(name)' is none")
        }
    }

    @Test("a block is itself and its halves, a deadline also a number, a name a pattern of itself alone")
    func splitValues() throws {
        let plan = Fixture.plan("*.a-b.test", allow: ["10.1.0.0/16", "2001:db8::/32"], deny: ["::1/128"])
        let endpoint = Fixture.deployment(in: URL(filePath: "/w"), [plan]).endpoints[0]
        var values = TemplateValues.endpoint(endpoint, number: 7)
        values["helloDeadline"] = DeadlineText(seconds: 3)
        values["idleDeadline"] = DeadlineText(seconds: 0.25)
        func render(_ template: String) throws -> String {
            try ConfigurationWriter.render("{{% CONTENT_TYPE:TEXT}}" + template, values: values, name: "t")
        }
        let blocks = try render("{{#allow}}{{.}}={{address}}+{{prefix}};{{/allow}}{{#deny}}{{address}}{{/deny}}")
        #expect(blocks == "10.1.0.0/16=10.1.0.0+16;2001:db8::/32=2001:db8::+32;::1")
        let whole = try render("{{helloDeadline}} {{helloDeadline.seconds}} {{helloDeadline.milliseconds}}")
        #expect(whole == "3000ms 3 3000")
        let part = try render("{{idleDeadline}} {{idleDeadline.seconds}} {{idleDeadline.milliseconds}}")
        #expect(part == "250ms 0.25 250")
        let names = try render("{{id}} {{index}} {{domainPattern}} {{suffixPattern}}")
        #expect(names == #"e7 7 [^.]+\.a-b\.test \.a-b\.test"#)
    }

    @Test("a template that is no template says which one")
    func badTemplate() throws {
        let error = try #require(throws: TargetError.self) {
            try ConfigurationWriter.render("{{#port}}", values: [:], name: "x/y.mustache")
        }
        #expect(error.code == .badTemplate)
        #expect(error.description.hasPrefix("the template x/y.mustache is wrong: "))
    }

    @Test(
        "a name that no template can have is told with its line and what was probably meant",
        arguments: [
            ("listen {{port}}\nserver {{upstrem}}", "t:2: templates have no value 'upstrem'; did you mean 'upstream'?"),
            ("{{#hasDenny}}x{{/hasDenny}}", "t:1: templates have no value 'hasDenny'; did you mean 'hasDeny'?"),
            ("{{^ reddy.edge.agents }}", "t:1: templates have no value 'reddy'; did you mean 'ready'?"),
            ("{{{colour}}}", "t:1: templates have no value 'colour'"),
            (
                "{{helloDeadline.second}}",
                "t:1: templates have no value 'helloDeadline.second'; did you mean 'helloDeadline.seconds'?"
            ),
            ("{{& uppercased(domian)}}", "t:1: templates have no value 'domian'; did you mean 'domain'?"),
            ("{{probes.versn}}", "t:1: templates have no value 'probes.versn'; did you mean 'probes.version'?"),
            (
                "{{#probes.modulePath}}",
                "t:1: templates have no value 'probes.modulePath'; did you mean 'probes.modulesPath'?"
            ),
            ("{{ready.egde.agents}}", "t:1: templates have no value 'ready.egde'; did you mean 'ready.edge'?"),
            (
                "{{ready.edge.agent}}",
                "t:1: templates have no value 'ready.edge.agent'; did you mean 'ready.edge.agents'?"
            ),
            ("{{ready.agent.listen}}", "t:1: templates have no value 'ready.agent'"),
        ]
    )
    func unknownName(template: String, message: String) throws {
        let deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), [])
        var values = TemplateValues(
            deployment,
            definition: try Fixture.definition(of: "nginx"),
            secrets: Self.secrets
        )
        values.add(["agents": "127.0.0.1:1"], ofProcess: "edge")
        let rendered = values.forInstance("edge", of: deployment) { _ in true }
        let error = try #require(throws: TargetError.self) {
            try ConfigurationWriter.render(template, values: rendered, name: "t")
        }
        #expect(error.code == .badTemplate)
        #expect(error.message == message)
    }

    @Test("tags that look up nothing, and values that are absent, are no unknown names")
    func knownNames() throws {
        let template =
            "{{% CONTENT_TYPE:TEXT}}{{! a note }}{{#endpoints}}{{.}}{{^last()}},{{/last()}}{{/endpoints}}{{upstreamCA}}"
        #expect(try ConfigurationWriter.render(template, values: ["endpoints": ["a", "b"]], name: "t") == "a,b")
    }

    @Test("a probe that found nothing is absent, and no unknown name")
    func silentProbe() throws {
        let definition = try Fixture.definition(of: "nginx", probes: ["version": "1.2.3"])
        let values = TemplateValues(
            Fixture.deployment(in: URL(filePath: "/work-folder"), []),
            definition: definition,
            secrets: Self.secrets
        )
        let template =
            "{{#probes.dynamicStream}}load{{/probes.dynamicStream}}{{^probes.dynamicStream}}built in{{/probes.dynamicStream}} "
            + "'{{probes.modulesPath}}' {{probes.version}}"
        let nobody = Fixture.deployment(in: URL(filePath: "/w"), [])
        let rendered = values.forInstance("edge", of: nobody) { _ in true }
        #expect(try ConfigurationWriter.render(template, values: rendered, name: "t") == "built in '' 1.2.3")
    }

    @Test("every value that is rendered has its name in the list, and the page of the documentation has them all")
    func names() throws {
        let definition = try Fixture.definition(of: "reference")
        var deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), Self.plans)
        deployment.endpoints[0].policy = "{}"
        var values = TemplateValues(deployment, definition: definition, secrets: Self.secrets)
        values.set(places: TargetPlaces(edgePort: 1))
        values.add(["agents": "127.0.0.1:1"], ofProcess: "edge")
        let rendered = values.forInstance("edge", of: deployment) { _ in true }
        let endpoints = try #require(rendered["endpoints"] as? [[String: Any]])
        let names = Set(rendered.keys).union(endpoints.flatMap(\.keys))
        #expect(names.subtracting(TemplateValues.names) == [])
        #expect(TemplateValues.names.subtracting(names).sorted() == BlockText.members)
        let prose = try MarkdownPage.read("Docs/targets.md").prose
        #expect(TemplateValues.names.subtracting(MarkdownPage.codeWords(in: prose)) == [])
    }
}
