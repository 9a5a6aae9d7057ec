import AgentClient
import ConfigurationFiles
import Testing

@Suite("Changes of a configuration file")
struct FileTextTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        let before: String
        let after: String
        var option = AgentFileText.Option.authtoken

        var testDescription: String { self.name }
    }

    @Test(
        "touch one value, and leave what stands around it",
        arguments: [
            Change(
                name: "a plain value with a comment",
                before: "# mine\nversion: 2  # two\nauthtoken: old   # the first\n\ntunnels: {}\n",
                after: "# mine\nversion: 2  # two\nauthtoken: \"n\\\"ew\"   # the first\n\ntunnels: {}\n"
            ),
            Change(
                name: "a quoted value with a hash in it",
                before: "version: 2\nauthtoken: \"a # \\\" b\" # c\n",
                after: "version: 2\nauthtoken: \"n\\\"ew\" # c\n"
            ),
            Change(
                name: "a single-quoted value",
                before: "version: 2\nauthtoken: 'it''s # old'\nmetadata: x\n",
                after: "version: 2\nauthtoken: \"n\\\"ew\"\nmetadata: x\n"
            ),
            Change(
                name: "a value that is not there",
                before: "version: \"2\"\n# the rest\nmetadata: x\n",
                after: "version: \"2\"\nauthtoken: \"n\\\"ew\"\n# the rest\nmetadata: x\n"
            ),
            Change(
                name: "lines that end as on Windows",
                before: "version: 2\r\nauthtoken: old\r\nmetadata: x\r\n",
                after: "version: 2\r\nauthtoken: \"n\\\"ew\"\r\nmetadata: x\r\n"
            ),
            Change(
                name: "a file without an end of its last line",
                before: "version: 2\nauthtoken: old",
                after: "version: 2\nauthtoken: \"n\\\"ew\""
            ),
            Change(
                name: "version 3",
                before: "version: 3\nagent:\n    # who\n    authtoken: old # x\n    metadata: y\n",
                after: "version: 3\nagent:\n    # who\n    authtoken: \"n\\\"ew\" # x\n    metadata: y\n"
            ),
            Change(
                name: "version 3 without the value",
                before: "version: 3\nagent:\n    metadata: y\nendpoints: []\n",
                after: "version: 3\nagent:\n    authtoken: \"n\\\"ew\"\n    metadata: y\nendpoints: []\n"
            ),
            Change(
                name: "version 3 without an agent",
                before: "# top\nversion: 3\nendpoints: []\n",
                after: "# top\nversion: 3\nagent:\n  authtoken: \"n\\\"ew\"\nendpoints: []\n"
            ),
            Change(
                name: "a key of a tunnel that has the name too",
                before:
                    "version: 3\nagent:\n  metadata: y\nendpoints:\n- { name: authtoken, url: a, upstream: { url: 1 } }\n",
                after:
                    "version: 3\nagent:\n  authtoken: \"n\\\"ew\"\n  metadata: y\nendpoints:\n- { name: authtoken, url: a, upstream: { url: 1 } }\n"
            ),
            Change(
                name: "the API's key",
                before: "version: 3\nagent:\n  authtoken: a\n",
                after: "version: 3\nagent:\n  api_key: \"n\\\"ew\"\n  authtoken: a\n",
                option: .apiKey
            ),
        ]
    )
    func changes(change: Change) throws {
        var text = try AgentFileText(change.before, file: "agent.yaml")
        try text.set(change.option, to: "n\"ew")
        #expect(text.text == change.after)
    }

    @Test("an address has the name of the file's version, and is checked")
    func address() throws {
        var second = try AgentFileText("version: 2\nserver_addr: a:1\n", file: "agent.yaml")
        try second.set(.serverAddress, to: "b:2")
        #expect(second.text == "version: 2\nserver_addr: \"b:2\"\n")
        var third = try AgentFileText("version: 3\n", file: "agent.yaml")
        try third.set(.serverAddress, to: "b:2")
        #expect(third.text == "version: 3\nagent:\n  connect_url: \"b:2\"\n")
        #expect(throws: ConfigurationError.self) { try third.set(.serverAddress, to: "no address") }
        #expect(third.text == "version: 3\nagent:\n  connect_url: \"b:2\"\n")
    }

    @Test(
        "that would touch something else are refused, and the value is not repeated",
        arguments: [
            "{ version: 2, authtoken: old, metadata: x }\n", "version: 3\nagent: { authtoken: old, metadata: x }\n",
            "version: 2\nauthtoken: >-\n  old\n", "version: 3\nagent: {}\n", "version: 2\n? authtoken\n: old\n",
            "version: 2\nauthtoken:\n  old\n",
        ]
    )
    func refused(text: String) throws {
        var file = try AgentFileText(text, file: "agent.yaml")
        let error = #expect(throws: ConfigurationError.self) { try file.set(.authtoken, to: "n\"ew") }
        #expect(error.map { "\($0) \($0.hint ?? "")".contains("n\"ew") } != true)
        #expect(file.text == text)
    }

    @Test("a new file says what was given and nothing else")
    func new() throws {
        let text = try AgentFileText.new(.authtoken, "t: #0", file: "agent.yaml").text
        #expect(text == "version: \"3\"\nagent:\n  authtoken: \"t: #0\"\n")
        #expect(try AgentFile.parse(text, file: "agent.yaml").authtoken?.revealed == "t: #0")
    }
}

@Suite("From version 2 to version 3")
struct FileUpgradeTests {
    @Test("a file keeps its comments, and means the same")
    func upgrades() throws {
        let before = """
            # agent of the shop
            ---
            # which version
            version: "2"   # two
            # whose it is
            authtoken: t0ken
            server_addr: edge.example.com:4443 # behind the wall

            # the house's own CA
            root_cas: ca.pem
            metadata: |
              two
              lines
            # what is online
            tunnels:
              # the shop
              web: { proto: tls, addr: 8080, domain: web.example.com }
            # below it all
            log: stdout

            """
        let after = """
            # agent of the shop
            ---
            # which version
            version: "3"   # two
            agent:
              # whose it is
              authtoken: t0ken
              connect_url: edge.example.com:4443 # behind the wall

              # the house's own CA
              connect_cas: ca.pem
              metadata: |
                two
                lines
              # below it all
              log: stdout
            # what is online
            tunnels:
              # the shop
              web: { proto: tls, addr: 8080, domain: web.example.com }

            """
        let upgraded = try #require(try AgentFileText(before, file: "agent.yaml").upgraded())
        #expect(upgraded.text == after)
        let (old, new) = (
            try AgentFile.parse(before, file: "agent.yaml"), try AgentFile.parse(after, file: "agent.yaml")
        )
        #expect(old.authtoken == new.authtoken)
        #expect(old.serverAddress == new.serverAddress)
        #expect(old.rootCAs == new.rootCAs)
        #expect(old.metadata == new.metadata)
        #expect(old.log == new.log)
        #expect(new.tunnels.keys.sorted() == ["web"])
        #expect(try upgraded.upgraded() == nil)
    }

    @Test("a file of tunnels alone has no agent afterwards")
    func tunnels() throws {
        let text = try AgentFileText("tunnels: {}\nversion: 2\n", file: "agent.yaml").upgraded()?.text
        #expect(text == "version: \"3\"\ntunnels: {}\n")
    }

    @Test("a file in one line is left to its owner")
    func oneLine() throws {
        let file = try AgentFileText("{ version: 2, authtoken: t }\n", file: "agent.yaml")
        #expect(throws: ConfigurationError.self) { try file.upgraded() }
    }
}
