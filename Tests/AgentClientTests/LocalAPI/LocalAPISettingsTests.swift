import Addresses
import AgentClient
import ConfigurationFiles
import Testing

@Suite("Settings of the local API and of the edge's")
struct LocalAPISettingsTests {
    @Test("stand in files of both versions", arguments: [2, 3])
    func files(version: Int) throws {
        let keys = "web_addr: 4040, web_allow_hosts: [.example.com], api_key: k_ey"
        let text = version == 3 ? "{ version: 3, agent: { \(keys) } }" : "{ version: 2, \(keys) }"
        let settings = try AgentFile.parse(text, file: "agent.yaml")
        #expect(settings.webAddress?.address?.description == "127.0.0.1:4040")
        #expect(settings.webAllowedHosts?.allows("a.example.com") == true)
        #expect(settings.apiKey?.revealed == "k_ey")
    }

    @Test(
        "are refused with their place",
        arguments: ["web_addr: true", "web_allow_hosts: [a/b]", "web_allow_hosts: a"]
    )
    func wrong(line: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try AgentFile.parse("version: 2\n\(line)\n", file: "agent.yaml")
        }
        #expect(error?.place?.line == 2)
    }

    @Test("false in a later file, and flags, beat an earlier file")
    func beats() throws {
        let first = try AgentFile.parse("version: 2\nweb_addr: 4040\napi_key: file\n", file: "a.yaml")
        let second = try AgentFile.parse("version: 2\nweb_addr: false\n", file: "b.yaml")
        #expect(first.overridden(by: second).webAddress == .nowhere)
        var flags = AgentSettings()
        flags.webAddress = try WebAddress("127.0.0.1:5050")
        let environment = ["NGROK_API_KEY": "other", "SHAKEDOWN_API_KEY": "own"]
        let settings = AgentSettings(files: first, environment: environment, flags: flags)
        #expect(settings.webAddress?.address?.port == 5050)
        #expect(settings.apiKey?.revealed == "own")
        let others = AgentSettings(files: first, environment: ["NGROK_API_KEY": "other"], flags: AgentSettings())
        #expect(others.apiKey?.revealed == "other")
        #expect(AgentSettings(files: first, environment: [:], flags: flags).apiKey?.revealed == "file")
    }
}
