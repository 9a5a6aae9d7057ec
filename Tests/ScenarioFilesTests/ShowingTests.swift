import Foundation
import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Showing")
struct ShowingTests {
    @Test("an explanation has the rule, the reason, what is expected of whom, and the cases")
    func explanation() throws {
        let text =
            scenarioText(
                "roles: [edge]",
                with: "rationale: Because of this.\nreferences: CVE-2026-32305\nroles: [edge, agent]"
            ) + """

                  agent: { strict: { route: none, handshake: refused, endings: alert, alerts: unknown_ca } }
                """
        let scenario = try #require(try ScenarioLoader().load(text: text, file: "a.yaml").first)
        #expect(
            Explanation.render(scenario) == """
                area.name
                  A title

                  rule        RFC 9846, 5.1 (MUST)
                  origin      rfc
                  importance  normal
                  seen in     CVE-2026-32305
                  roles       edge, agent
                  needs       mutual-tls
                  file        a.yaml:1

                  Because of this.

                  expected of role=edge,version=1.2 | role=edge,version=1.3
                    strict      reaches tenant; completes the handshake and gets data back
                    never       another upstream gets bytes of the client

                  expected of role=agent,version=1.2 | role=agent,version=1.3
                    strict      reaches no upstream; is refused; gets the fatal alert unknown_ca; sees the end as an
                                alert and the end of the connection
                    never       another upstream gets bytes of the client

                  cases (4)
                    area.name[role=edge,engine=openssl,version=1.2]
                    area.name[role=edge,engine=openssl,version=1.3]
                    area.name[role=agent,engine=openssl,version=1.2]
                    area.name[role=agent,engine=openssl,version=1.3]

                """
        )
    }

    @Test("every scenario of the catalogue can be explained, within 100 columns but for ids")
    func explainsAll() throws {
        for scenario in try Catalogue.scenarios.get() {
            let lines = Explanation.render(scenario).split(separator: "\n")
            #expect(
                lines.filter { !$0.contains("[role=") && !$0.contains("role=") && $0.count > 112 }.isEmpty,
                "\(scenario.id)"
            )
        }
    }

    @Test("a list has a line per scenario and the sums")
    func list() throws {
        let scenarios = try ScenarioLoader().load(text: scenarioText(), file: "a.yaml")
        #expect(Listing.lines(scenarios) == "area.name  MUST    rfc     2  A title\n1 scenario, 2 cases\n")
    }

    @Test("a list for programs is JSON")
    func json() throws {
        let scenarios = try ScenarioLoader().load(text: scenarioText(), file: "a.yaml")
        let parsed = try JSONSerialization.jsonObject(with: Data(try Listing.json(scenarios).utf8))
        let entry = try #require((parsed as? [[String: Any]])?.first)
        #expect(entry["id"] as? String == "area.name")
        #expect((entry["cases"] as? [String])?.count == 2)
        #expect(entry["area"] as? String == "area")
    }
}
