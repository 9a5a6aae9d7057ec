import AgentClient
import ConfigurationFiles
import Testing

@Suite("Which proxy the edge is reached by")
struct ProxyAddressTests {
    /// `nil`: none.
    private static func proxy(
        for server: String = "edge.example.com:4443",
        file: String? = nil,
        environment: [String: String] = [:],
        flag: String? = nil
    ) throws -> String? {
        var files = AgentSettings()
        files.proxyURL = file.map { Secret($0) }
        files.authtoken = Secret("t")
        files.serverAddress = server
        var flags = AgentSettings()
        flags.proxyURL = flag.map { Secret($0) }
        let settings = AgentSettings(files: files, environment: environment, flags: flags)
        return try AgentConfiguration(settings, tunnels: []).edge.proxy.map { "\($0)" }
    }

    @Test(
        "is written with or without scheme, port and credentials, which are not printed",
        arguments: [
            ("http://p.example:3128", "http://p.example:3128"), ("http://u:p@p.example/", "http://p.example:80"),
            ("socks5://[::1]", "socks5://[::1]:1080"), ("SOCKS5h://u:p@192.0.2.1:9", "socks5://192.0.2.1:9"),
            ("p.example:3128", "http://p.example:3128"),
        ]
    )
    func written(_ text: String, _ proxy: String) throws {
        #expect(try Self.proxy(flag: text) == proxy)
    }

    @Test(
        "is refused where it can be none, without a word of it",
        arguments: [
            "https://secret@p", "ftp://secret@p", "http://", "http://secret@:80", "http://secret@p:0",
            "http://secret@p/path", "http://secret@p?query", "socks5://secret@p", "http://secret@p:99999",
        ]
    )
    func refused(_ text: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.proxy(flag: text) }
        #expect(error.hint?.contains("host:port") == true)
        #expect(!"\(error) \(error.hint ?? "")".contains("secret"))
        let inFile = try #require(throws: ConfigurationError.self) {
            try AgentFile.parse("version: 2\nproxy_url: '\(text)'", file: "a.yaml")
        }
        #expect(inFile.description.hasPrefix("a.yaml:2:12: "))
    }

    @Test("is the flags', else the file's, else the environment's; one that is empty is none")
    func precedence() throws {
        let environment = ["http_proxy": "http://environment:1"]
        #expect(try Self.proxy(environment: environment) == "http://environment:1")
        #expect(try Self.proxy(file: "http://file:1", environment: environment) == "http://file:1")
        #expect(try Self.proxy(file: "http://file:1", environment: environment, flag: "flag:1") == "http://flag:1")
        #expect(try Self.proxy(file: "", environment: environment) == nil)
        #expect(try Self.proxy(file: "http://file:1", environment: environment, flag: "") == nil)
        #expect(try Self.proxy() == nil)
    }

    @Test("of the environment is the first of its variables that says something")
    func variables() throws {
        var environment = ["ALL_PROXY": "socks5://all:1"]
        #expect(try Self.proxy(environment: environment) == "socks5://all:1")
        environment["HTTP_PROXY"] = "upper:1"
        #expect(try Self.proxy(environment: environment) == "http://upper:1")
        environment["http_proxy"] = "lower:1"
        #expect(try Self.proxy(environment: environment) == "http://lower:1")
        environment["https_proxy"] = ""
        #expect(try Self.proxy(environment: environment) == "http://lower:1")
        environment["HTTPS_PROXY"] = "tls:1"
        #expect(try Self.proxy(environment: environment) == "http://tls:1")
        let error = try #require(throws: ConfigurationError.self) {
            try Self.proxy(environment: ["https_proxy": "https://secret@p"])
        }
        #expect(error.message == "https_proxy of the environment: the proxy's URL cannot be used")
    }

    @Test(
        "of the environment is none for this machine, and for what is excepted",
        arguments: [
            ("localhost:1", "", false), ("app.localhost:1", "", false), ("127.9.9.9:1", "", false),
            ("[::1]:1", "", false), ("192.0.2.7:1", "", true), ("edge.example.com:1", "*", false),
            ("edge.example.com:1", "other.com, example.com", false), ("edge.example.com:1", ".example.com", false),
            ("edge.example.com:1", "*.example.com", false), ("edge.example.com:1", "EDGE.example.com:1", false),
            ("edge.example.com:1", "edge.example.com:2", true), ("edge.example.com:1", "ample.com", true),
            ("192.0.2.7:1", "192.0.2.0/24", false), ("192.0.2.7:1", "192.0.2.7", false),
            ("192.0.2.7:1", "192.0.3.0/24,0.2.7", true), ("[2001:db8::1]:1", "2001:db8::/32", false),
        ]
    )
    func exceptions(_ server: String, _ exceptions: String, _ isProxied: Bool) throws {
        let environment = ["http_proxy": "http://p:1", "no_proxy": exceptions]
        #expect(try Self.proxy(for: server, environment: environment) == (isProxied ? "http://p:1" : nil))
        // What the agent itself was told has no exceptions.
        #expect(try Self.proxy(for: server, file: "http://p:1", environment: environment) == "http://p:1")
    }
}
