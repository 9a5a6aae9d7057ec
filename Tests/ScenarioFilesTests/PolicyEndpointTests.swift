import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Traffic policies and internal endpoints in scenario files")
struct PolicyEndpointTests {
    /// A whole good scenario with one part replaced.
    private static func text(_ old: String = "", with new: String = "") -> String {
        let good = """
            id: area.name
            title: A title
            rule: { document: RFC 9846, section: "5.1", level: must }
            roles: [edge]
            engines: [openssl]
            endpoints:
              tenant:
                terminated-by-policy: true
                policy:
                  on_tcp_connect:
                    - actions:
                        - { type: terminate-tls, config: { server_certificate: "${server-rsa.pem}", server_private_key: "${server-rsa.key}" } }
                        - { type: log, config: { metadata: { from: "${conn.client_ip}" } } }
                        - { type: forward-internal, config: { url: "tls://${app.name}" } }
              app: { internal: true }
            client: { sni: "${tenant.name}" }
            exchange: echo
            expect: { strict: { route: app, handshake: completed, event: { logs: { from: 127.0.0.1 } } }, never: other-contacted }
            """
        guard let range = good.firstRange(of: old) else { return good }
        return good[..<range.lowerBound] + new + good[range.upperBound...]
    }

    private static func load(_ text: String) throws -> Case {
        let recipes: Set<String> = ["server-rsa", "upstream-server"]
        return try #require(try ScenarioLoader(recipes: recipes).load(text: text, file: "a.yaml").first?.cases.first)
    }

    @Test("a policy is JSON as it stands; certificates and its own variables stand for themselves in it")
    func policy() throws {
        let testCase = try Self.load(Self.text())
        let app = testCase.endpoints[1].domain
        #expect(
            testCase.endpoints[0].policy
                == #"{"on_tcp_connect":[{"actions":[{"type":"terminate-tls","config":{"server_certificate":"#
                + #""${server-rsa.pem}","server_private_key":"${server-rsa.key}"}},{"type":"log","config":{"metadata":"#
                + #"{"from":"${conn.client_ip}"}}},{"type":"forward-internal","config":{"url":"tls://\#(app)"}}]}]}"#
        )
        #expect(testCase.endpoints[0].isTerminatedByPolicy)
        #expect(testCase.expectation.strict[0].event == .one(logs: [["from": "127.0.0.1"]]))
    }

    @Test("an internal endpoint's name is the case's own, below .internal, and no wave has it twice")
    func names() throws {
        let one = try Self.load(Self.text()).endpoints[1]
        let other = try Self.load(Self.text("area.name", with: "area.other")).endpoints[1]
        #expect(one.isInternal && one.domain.hasPrefix("app-") && one.domain.hasSuffix(".internal"))
        #expect(one.domain.split(separator: ".").count == 2 && one.domain != other.domain)
    }

    @Test("the target must have policies, agents and internal endpoints")
    func needs() throws {
        let needs = try Self.load(Self.text()).requires
        #expect(Set([Feature.trafficPolicy, .internalEndpoints, .agents, .events]).isSubset(of: needs))
        let plain = try Self.load(Self.text("{ internal: true }", with: "{}")).requires
        #expect(!plain.contains(.internalEndpoints) && !plain.contains(.agents))
    }

    @Test(
        "what would not be what it says is an error with its place",
        arguments: [
            ("server-rsa.key", "server-rsb.key", "nothing is called '${server-rsb.key}'"),
            ("${conn.client_ip}", "${con.client_ip}", "nothing is called '${con.client_ip}'"),
            (
                "{ internal: true }", "{ internal: true, wildcard: true }",
                "a name of its own below .internal: no 'wildcard'"
            ),
            ("type: terminate-tls", "type: terminate", "has the action terminate-tls"),
            ("roles: [edge]", "roles: [passthrough]", "a policy ends TLS at the edge; its role is passthrough"),
            (
                "terminated-by-policy: true", "terminated-by-policy: true\n    certificate: server-rsa",
                "one whose TLS passes through has no 'certificate'"
            ),
            ("logs: { from: 127.0.0.1 }", "", "'event' says 'ip-policy' or 'logs'"), ("app:", "conn:", "called 'conn'"),
        ]
    )
    func problems(old: String, new: String, problem: String) {
        let text = Self.text(old, with: new)
        #expect(text != Self.text())
        let error = #expect(throws: ScenarioFileError.self) { _ = try Self.load(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
}
