import ScenarioModel
import Testing

@testable import ScenarioFiles

@Suite("Clients that are programs, in scenario files")
struct ProgramTests {
    private static func text(_ old: String = "", with new: String = "") -> String {
        let good = """
            id: area.name
            title: A title
            rule: { document: declared features, section: role, level: must }
            roles: [edge]
            engines: program
            endpoints: { tenant: {} }
            client: { sni: "${tenant.name}" }
            exchange: request
            expect:
              strict: { route: tenant, handshake: completed, bytes: identical }
              never: other-contacted
            """
        guard let range = good.firstRange(of: old) else { return good }
        return good[..<range.lowerBound] + new + good[range.upperBound...]
    }

    @Test("are a case each")
    func cases() throws {
        let loader = ScenarioLoader(programs: ["curl", "go"])
        let cases = try #require(try loader.load(text: Self.text(), file: "a.yaml").first).cases
        #expect(
            cases.map(\.id) == [
                "area.name[role=edge,engine=program,client=curl]", "area.name[role=edge,engine=program,client=go]",
            ]
        )
        #expect(cases.map(\.client.program) == ["curl", "go"])
        #expect(Set(cases.flatMap(\.endpoints).map(\.domain)).count == 2)
    }

    @Test("without any of them there is no case, and what is written is looked at all the same")
    func none() throws {
        let scenario = try #require(try ScenarioLoader().load(text: Self.text(), file: "a.yaml").first)
        #expect(scenario.cases.isEmpty)
        #expect(throws: ScenarioFileError.self) {
            try ScenarioLoader().load(text: Self.text("route: tenant", with: "route: tennant"), file: "a.yaml")
        }
    }

    @Test(
        "what a program cannot be told, or cannot tell, is an error",
        arguments: [
            ("exchange: request", "exchange: echo", "its exchange is request"),
            (
                #"client: { sni: "${tenant.name}" }"#, #"client: { sni: "${tenant.name}", preface: { text: a } }"#,
                "'preface'"
            ),
            (#"client: { sni: "${tenant.name}" }"#, #"client: { sni: "${tenant.name}", close: bare-fin }"#, "'close'"),
            ("bytes: identical", "terminated-by: role", "'terminated-by'"),
            ("exchange: request", "deliver: { records: { size: 9 } }\nexchange: request", "'deliver'"),
        ]
    )
    func mistakes(_ right: String, _ wrong: String, _ words: String) throws {
        let error = try #require(throws: ScenarioFileError.self) {
            try ScenarioLoader(programs: ["curl"]).load(text: Self.text(right, with: wrong), file: "a.yaml")
        }
        #expect(error.description.contains(words))
    }
}
