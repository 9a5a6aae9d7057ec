import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Requests to an API, labels and pools in scenario files")
struct APIStepTests {
    /// A whole good scenario with one part replaced.
    private static func text(_ old: String = "", with new: String = "") -> String {
        let good = """
            id: area.name
            title: A title
            rule: { document: RFC 9846, section: "5.1", level: must }
            roles: [edge]
            engines: [openssl]
            endpoints: { tenant: { own-agent: true }, second: { pool-of: tenant }, far: { labels: { team: web, floor: 2 } } }
            clients:
              crowd: { sni: "${tenant.name}", count: 30 }
            steps:
              - { connect: crowd, exchange: echo, spread: [tenant, second], expect: { strict: { route: [tenant, second] } } }
              - api: { method: POST, path: /groups, body: { labels: { team: web } }, save: { group: id } }
              - api:
                  method: PUT
                  path: "/edges/${saved.group}"
                  body: { "${saved.group}": [1, "1", true, ~, "${tenant.terminate-at}", "${far.name}:443"], pem: "${ca-clients.pem}" }
                  status: 202
                  expect: { "list[name=${far.name}].id": "${saved.group}", gone: null }
            """
        guard let range = good.firstRange(of: old) else { return good }
        return good[..<range.lowerBound] + new + good[range.upperBound...]
    }

    private static func load(_ text: String, recipes: Set<String>? = ["ca-clients", "upstream-server"]) throws -> Case {
        try #require(try ScenarioLoader(recipes: recipes).load(text: text, file: "a.yaml").first?.cases.first)
    }

    private static func calls(_ testCase: Case) -> [APICall] {
        testCase.play?.moments.joined().compactMap { if case .api(let call) = $0.action { call } else { nil } } ?? []
    }

    @Test("a body is JSON as its values stand, and what is known only later stands for itself")
    func body() throws {
        let testCase = try Self.load(Self.text())
        let far = testCase.endpoints[2].domain
        let calls = Self.calls(testCase)
        try #require(calls.count == 2)
        #expect(
            calls[0]
                == APICall(
                    method: .post,
                    path: "/groups",
                    body: #"{"labels":{"team":"web"}}"#,
                    status: 201,
                    saves: [.init(name: "group", path: "id")]
                )
        )
        #expect(calls[1].path == "/edges/${saved.group}")
        #expect(calls[1].status == 202)
        #expect(
            calls[1].body == #"{"${saved.group}":[1,"1",true,null,"edge","\#(far):443"],"pem":"${ca-clients.pem}"}"#
        )
        #expect(
            calls[1].expects == [
                .init(path: "list[name=\(far)].id", value: #""${saved.group}""#), .init(path: "gone", value: "null"),
            ]
        )
    }

    @Test(
        "the case has a target of its own, which must have an API; a restart behind it asks that it keeps what was made"
    )
    func needs() throws {
        let testCase = try Self.load(Self.text())
        #expect(testCase.hasOwnTarget)
        #expect(
            testCase.requires.filter { $0.rawValue.hasPrefix("a") } == [.agents, .agentLabels, .agentPools, .api]
        )
        let restarted = try Self.load(Self.text() + "\n  - target: restart")
        #expect(restarted.requires.contains(.apiStore))
        let early = try Self.load(Self.text("  - { connect", with: "  - target: restart\n  - { connect"))
        #expect(!early.requires.contains(.apiStore))
    }

    @Test(
        "another of a pool has the name, an agent of its own, and both agree to share; a labelled one has its own name"
    )
    func endpoints() throws {
        let endpoints = try Self.load(Self.text()).endpoints
        #expect(endpoints.map(\.isPooled) == [true, true, false])
        #expect(endpoints[0].domain == endpoints[1].domain && endpoints[0].agentName != endpoints[1].agentName)
        #expect(endpoints[1].hasOwnAgent && !endpoints[1].hasOwnName)
        #expect(endpoints[2].labels == ["team": "web", "floor": "2"])
        #expect(endpoints[2].hasOwnName)
    }

    @Test("a route may be any of several")
    func routes() throws {
        let step = try Self.load(Self.text()).play?.moments.first?.first
        #expect(step?.expectation?.strict.first?.route == .endpoints(["tenant", "second"]))
        #expect(step?.spread == ["tenant", "second"])
    }

    @Test("who knows no certificates takes every name")
    func withoutRecipes() throws {
        let calls = Self.calls(try Self.load(Self.text("ca-clients.pem", with: "whatever.pem"), recipes: nil))
        #expect(calls.last?.body?.contains("${whatever.pem}") == true)
    }

    @Test(
        "what cannot be asked is an error with its place",
        arguments: [
            ("method: POST", "method: FETCH", "'FETCH' is no method: GET, POST, PUT, PATCH, DELETE"),
            ("method: POST, ", "", "'api' needs 'method'"), ("path: /groups, ", "", "'api' needs 'path'"),
            ("path: /groups", "path: groups", "'groups' is no path of the API: it begins with '/'"),
            ("save: { group: id }", "sav: {}", "unknown key 'sav' in api-call; did you mean 'save'?"),
            ("save: { group: id }", "save: { grup: id }", "nothing is called '${saved.group}'"),
            ("save: { group: id }", "save: { group: \"a[\" }", "'a[' is no place in an answer"),
            ("ca-clients.pem", "ca-client.pem", "nothing is called '${ca-client.pem}'; did you mean 'ca-clients.pem'?"),
            ("status: 202", "status: 99", "expected a number from 200 to 599"),
            ("method: POST", "method: GET", "a GET has no body"),
            ("exchange: echo", "exchange: echo, with: {}", "'with' says nothing of 'connect'"),
            ("count: 30", "count: 12", "fewer than 30 clients can miss somebody by chance"),
            ("spread: [tenant", "spread: [tennant", "no endpoint is called 'tennant'; did you mean 'tenant'?"),
            ("route: [tenant", "route: [tennant", "'tennant' is no endpoint: tenant, second, far"),
            ("route: [tenant", "route: [none", "'none' is no endpoint: tenant, second, far"),
            ("pool-of: tenant", "pool-of: tennant", "no other endpoint is called 'tennant'"),
            (
                "pool-of: tenant", "pool-of: tenant, domain: a.b",
                "it serves the name of another, by an agent of its own"
            ),
            ("floor: 2 }", "floor: 2 }, mutual-tls: ca-clients", "what goes with one is its edge's: no 'mutual-tls'"),
            ("labels: { team: web, floor: 2 }", "labels: {}", "'labels' says what TLS edges choose the tunnel by"),
            ("far: {", "saved: {", "an endpoint cannot be called 'saved'"),
        ]
    )
    func problems(old: String, new: String, problem: String) {
        let text = Self.text(old, with: new)
        #expect(text != Self.text())
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("another account may ask, of a target that knows it")
    func account() throws {
        let testCase = try Self.load(Self.text("method: POST", with: "account: other, method: POST"))
        #expect(Self.calls(testCase).map(\.isOfOtherAccount) == [true, false])
        #expect(testCase.requires.contains(.apiAccounts))
        #expect(try !Self.load(Self.text()).requires.contains(.apiAccounts))
    }

    @Test("what a webhook is told is a list of events, of a target that sends them")
    func told() throws {
        let testCase = try Self.load(
            Self.text("body: { labels: { team: web } }", with: "body: { url: \"${webhook}\" }") + """

                  - told:
                      - { event_type: domain_created.v0, object.id: "${saved.group}" }
                      - { object.gone: null }
                """
        )
        #expect(Self.calls(testCase).first?.body == #"{"url":"${webhook}"}"#)
        let events = [
            ToldEvent(fields: [
                .init(path: "event_type", value: #""domain_created.v0""#),
                .init(path: "object.id", value: #""${saved.group}""#),
            ]), ToldEvent(fields: [.init(path: "object.gone", value: "null")]),
        ]
        #expect(testCase.play?.moments.last?.first?.action == .told(events))
        #expect(testCase.play?.listensToEvents == true)
        #expect(testCase.requires.contains(.apiEvents))
    }

    @Test("nobody is told anything who has not asked")
    func toldUnasked() {
        let text = Self.text("  - { connect", with: "  - told: []\n  - { connect")
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains("'api' comes before 'told'") == true)
    }

    @Test("what is asked at once knows nothing of each other's answers")
    func together() {
        let text = Self.text(
            "  - api: { method: POST, path: /groups, body: { labels: { team: web } }, save: { group: id } }",
            with: """
                  - together:
                      - api: { method: POST, path: /groups, save: { group: id } }
                      - api: { method: GET, path: "/groups/${saved.group}" }
                """
        )
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains("nothing is called '${saved.group}'") == true)
    }

    @Test("an alternative that allows more routes holds whenever one that allows fewer does")
    func coveredRoutes() {
        let text = Self.text(
            "strict: { route: [tenant, second] }",
            with: "strict: { route: [tenant, second] }, lenient: { route: second, version: \"1.3\" }"
        )
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains("this alternative decides nothing") == true)
    }
}

@Suite("Places in an answer")
struct FieldPathTests {
    @Test("are names, numbers and what an element has")
    func good() {
        #expect(FieldPath("a.b-c")?.parts == [.member("a"), .member("b-c")])
        #expect(FieldPath("a[0].b")?.parts == [.member("a"), .element(0), .member("b")])
        #expect(FieldPath("a[n=*.x.y].b")?.parts == [.member("a"), .elementWhose("n", is: "*.x.y"), .member("b")])
        #expect(FieldPath("a[n=]")?.parts == [.member("a"), .elementWhose("n", is: "")])
    }

    @Test(
        "are nothing else",
        arguments: ["", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[=b]", "a[0]b", "a]"]
    )
    func bad(_ text: String) {
        #expect(FieldPath(text) == nil)
    }
}
