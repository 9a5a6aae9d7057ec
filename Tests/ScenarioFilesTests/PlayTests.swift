import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Steps in scenario files")
struct PlayTests {
    /// A whole good scenario with one part replaced.
    private static func text(_ old: String = "", with new: String = "") -> String {
        let good = """
            id: area.name
            title: A title
            rule: { document: RFC 9846, section: "5.1", level: must }
            roles: [edge]
            engines: [openssl]
            endpoints: { tenant: { own-agent: true }, other: {} }
            clients:
              first: { sni: "${tenant.name}" }
              crowd: { sni: "${other.name}", count: 3, engine: boringssl }
            steps:
              - { open: first, expect: { strict: { route: tenant } } }
              - together:
                  - { say: first, up: 1KiB }
                  - { connect: crowd, exchange: echo, expect: { strict: { route: other } } }
              - { hear: first, until: end }
              - { open: first, expect: { strict: { route: none, handshake: refused } } }
              - agent: { tenant: kill }
            never: [other-contacted, client-certificate-skipped]
            """
        guard let range = good.firstRange(of: old) else { return good }
        return good[..<range.lowerBound] + new + good[range.upperBound...]
    }

    private static func load(_ text: String) throws -> Case {
        try #require(try ScenarioLoader().load(text: text, file: "a.yaml").first?.cases.first)
    }

    @Test("ask for counters, whose target is the case's own and must have them")
    func counters() throws {
        let steps = "- counters: { accepted: 4, active: 0, bytes-in: seen }"
        let testCase = try Self.load(Self.text("- agent: { tenant: kill }", with: steps))
        #expect(testCase.hasOwnTarget)
        #expect(
            testCase.requires.filter { $0.rawValue.hasPrefix("metrics") }
                == [.counter(.accepted), .counter(.active), .counter(.bytesIn)]
        )
        for (wrong, problem) in [
            ("{ acepted: 1 }", "unknown key 'acepted'"), ("{ accepted: seen }", "of 'accepted' say the number"),
            ("{ active: -1 }", "expected a number from 0"), ("{}", "'counters' names what is counted"),
        ] {
            let error = #expect(throws: ScenarioFileError.self) {
                try Self.load(Self.text("- agent: { tenant: kill }", with: "- counters: \(wrong)"))
            }
            #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
        }
    }

    @Test("become moments, and connections with a number each")
    func play() throws {
        let testCase = try Self.load(Self.text())
        let play = try #require(testCase.play)
        #expect(play.players.map(\.name) == ["first", "crowd"])
        #expect(play.players.map(\.plan.engine) == [.openssl, .boringssl])
        let steps = play.plan.flatMap(\.self)
        #expect(steps.map(\.number) == ["1", "2.1", "2.2", "3", "4", "5"])
        #expect(steps.map(\.connections) == [0..<1, 0..<1, 1..<4, 0..<1, 4..<5, 5..<5])
        #expect(play.exchanges == [.dialogue, .echo, .echo, .echo, .dialogue])
        #expect(steps[1].step.action == .say("first", .upload(count: 1024)))
        #expect(testCase.requires.contains(.agents))
        #expect(testCase.client.serverName == testCase.endpoints[0].domain)
        // What says that nobody is let in holds where nobody is.
        let never = steps.compactMap(\.step.expectation?.never)
        #expect(never == [[.otherContacted], [.otherContacted], [.otherContacted, .clientCertificateSkipped]])
    }

    @Test("an agent may serve two endpoints, and be told to give up one of them")
    func sharedAgent() throws {
        let changed = Self.text("tenant: kill", with: "tenant: unbind").replacing(
            "other: {}",
            with: "other: { agent-of: tenant }"
        )
        let testCase = try Self.load(changed)
        let (tenant, other) = (testCase.endpoints[0], testCase.endpoints[1])
        #expect(other.hasOwnAgent && other.domain != tenant.domain)
        #expect(other.agentName == tenant.agentName)
        #expect(testCase.requires.contains(.agentBinds))
    }

    @Test("a rival has the other's name and an agent of its own; one whose agent is cut is told to the target")
    func agents() throws {
        let changed = Self.text("tenant: kill", with: "tenant: cut").replacing(
            "other: {}",
            with: "other: { rival-of: tenant }"
        )
        let testCase = try Self.load(changed.replacing("${other.name}", with: "${tenant.name}"))
        let (tenant, rival) = (testCase.endpoints[0], testCase.endpoints[1])
        #expect(rival.domain == tenant.domain && rival.hasOwnAgent && rival.rivalOf == "tenant")
        #expect(rival.agentName != tenant.agentName)
        #expect(tenant.hasRelayedAgent && !rival.hasRelayedAgent)
        #expect(testCase.requires.contains(.agentReconnects))
    }

    @Test("a client and its exchange are a case without steps")
    func short() throws {
        let testCase = try Self.load(scenarioText())
        #expect(testCase.play == nil)
        #expect(testCase.exchanges == [.echo])
    }

    @Test(
        "what cannot be played is an error with its place",
        arguments: [
            ("open: first", "open: frist", "11:13: no client is called 'frist'; did you mean 'first'?"),
            ("say: first", "sya: first", "13:11: unknown key 'sya' in step; did you mean 'say'?"),
            ("say: first", "say: crowd", "13:9: 'crowd' is not open at this point; 'open: crowd' makes it so"),
            ("say: first, up: 1KiB", "hear: first, exchange: echo", "13:24: 'exchange' says nothing of 'hear'"),
            ("connect: crowd", "connect: first", "14:9: 'first' does one thing at a time"),
            ("until: end }", "down: 1KiB }", "16:5: 'first' is open already"),
            ("tenant: kill", "tenent: kill", "17:14: no endpoint is called 'tenent'; did you mean 'tenant'?"),
            ("tenant: kill", "other: kill", "17:14: 'other' needs 'own-agent: true'"),
            (
                "tenant: kill", "tenant: kil",
                "17:22: 'kil' is no deed: kill, start, pause, resume, stop, cut, mend, unbind, bind; did you mean 'kill'?"
            ),
            (
                "other: {}", "other: { rival-of: tennant }",
                "no other endpoint is called 'tennant'; did you mean 'tenant'?"
            ),
            (
                "other: {}", "other: { agent-of: tenant, own-agent: true }",
                "it is served by the agent of another endpoint: no 'own-agent'"
            ),
            (
                "other: {}", "other: { agent-of: tennant }",
                "no other endpoint is called 'tennant'; did you mean 'tenant'?"
            ),
            (
                "tenant: { own-agent: true }, other: {}",
                "tenant: { own-agent: true }, other: { agent-of: third }, third: {}",
                "'other' is served by the agent of an endpoint that has none of its own"
            ),
            ("other: {}", "other: { rival-of: tenant, domain: a.b }", "a rival has the name of the other"),
            ("other: {}", "other: { account: other }", "another account has agents of its own; it needs 'own-agent"),
            ("never: [", "limits: { endpoints: 2 }\nnever: [", "unknown key 'endpoints'"),
            ("never: [", "limits: { endpoint: 0 }\nnever: [", "expected a number from 1 to 200"),
            ("never: [", "limits: {}\nnever: [", "'limits' says of what there may be how many"),
            ("other: {}", "other: { rival-of: tenant, account: ours }", "'ours' is no account: other"),
            ("exchange: echo", "exchange: upstream-first", "an upstream that speaks first cannot tell to whom"),
            (
                "exchange: echo, expect: { strict: { route: other } }", "exchange: echo",
                "14:9: 'connect' needs 'expect'"
            ),
            ("route: other }", "route: other, event: one }", "events are told apart by name"),
            ("engine: boringssl", "resume: frist", "no client is called 'frist'; did you mean 'first'?"),
            ("engine: boringssl", "resume: first", "14:9: 'first' has no session yet: a connection of it must be over"),
            ("engine: boringssl", "engine: boringssl, resume: first", "'resume' needs engines: openssl"),
            (
                "route: tenant }", "route: tenant, resumed: false }",
                "the client has no 'resume', and so no session that could be 'resumed'"
            ),
            (
                "sni: \"${tenant.name}\"", "sni: \"${tenant.name}\", version: \"1.3\", early-data: true",
                "early data is protected by an earlier session; the client needs 'resume'"
            ),
            (
                "engine: boringssl", "resume: first, early-data: true",
                "only TLS 1.3 has early data; say version: 1.3 too"
            ),
            ("engine: boringssl", "engine: boringssl, early-data: true", "'early-data' needs engines: openssl"),
            (
                "engine: boringssl }\nsteps:",
                "resume: first, version: \"1.3\", early-data: true }\nsteps:\n"
                    + "  - { connect: crowd, exchange: upstream-first, expect: {} }",
                "early data is the client's first line, and here it does not speak first"
            ),
            (
                "route: tenant }", "route: tenant, early-data: rejected }",
                "the client has no 'early-data' that could be accepted or rejected"
            ),
            ("until: end", "until: later", "15:27: 'until' is the end of the connection"),
            ("crowd: { sni", "third: { sni: none }\n  crowd: { sni", "no step is about the client 'third'"),
            (
                "never: [", "exchange: echo\nnever: [",
                "a case has either client, exchange and expect, or clients and steps"
            ),
            ("agent: { tenant: kill }", "target: relaod", "17:13: 'relaod' is no deed: reload, restart, stop"),
            (
                "agent: { tenant: kill }", "target: stop\n    with: broken",
                "18:11: a target that stops has nothing to read"
            ),
            ("agent: { tenant: kill }", "target: reload\n    with: { othr: {} }", "no endpoint is called 'othr'"),
            (
                "agent: { tenant: kill }", "target: reload\n    with: { other: { online: false } }",
                "18:22: unknown key 'online' in change"
            ),
            ("route: tenant }", "route: none, bytes: identical }", "'bytes' needs an upstream, and the route is none"),
        ]
    )
    func problems(old: String, new: String, problem: String) {
        let text = Self.text(old, with: new)
        #expect(text != Self.text())
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("within limits they have a target of their own, which must be able to keep them")
    func limits() throws {
        let text = Self.text("never: [", with: "limits: { endpoint: 2, source: 3 }\nnever: [")
        let testCase = try Self.load(text)
        #expect(testCase.limits == [.endpoint: 2, .source: 3])
        #expect(testCase.hasOwnTarget)
        #expect(testCase.requires.filter { $0.rawValue.hasPrefix("limit") } == [.limit(.endpoint), .limit(.source)])
        let scenario = try #require(try ScenarioLoader().load(text: text, file: "a.yaml").first)
        #expect(Explanation.render(scenario).contains("limits      2 at once of an endpoint, 3 at once of a source\n"))
    }

    @Test("'count', 'never' and 'limits' are for cases with steps")
    func onlyWithSteps() {
        for (old, new, problem) in [
            ("client: { sni", "client: { count: 2, sni", "'count' is for clients of a case with steps"),
            ("exchange: echo", "exchange: echo\nnever: other-contacted", "'never' stands in 'expect'"),
            ("exchange: echo", "exchange: echo\nlimits: { source: 1 }", "nobody meets a limit alone"),
        ] {
            let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(scenarioText(old, with: new)) }
            #expect(error?.description.contains(problem) == true)
        }
    }

    @Test("'with' is laid over the endpoint as it is, and the case gets a target of its own")
    func change() throws {
        let text = Self.text(
            "agent: { tenant: kill }",
            with: "target: reload\n    with: { tenant: { mutual-tls: ca-clients, certificate: x } }"
        )
        let testCase = try Self.load(text)
        var changed = testCase.endpoints[0]
        changed.mutualTLS = ["ca-clients"]
        changed.certificate = "x"
        #expect(testCase.play?.moments.last?[0].action == .target(.reload(changed: [changed])))
        #expect(testCase.hasOwnTarget)
        #expect(testCase.requires.contains(.reload) && testCase.requires.contains(.mutualTLS))
    }

    @Test("explain shows each step with what is expected of it")
    func explain() throws {
        let text = Explanation.render(try #require(try ScenarioLoader().load(text: Self.text(), file: "a.yaml").first))
        #expect(text.contains("step 2.1    say first, up 1024"))
        #expect(text.contains("step 4      open first\n      strict      reaches no upstream; is refused"))
    }
}
