import ConfigurationFiles
import EdgeAPIClient
import EdgeAPIDescription
import JSONText
import Testing

@Suite("Commands for the edge's API")
struct APICommandTableTests {
    static let table: APICommandTable = {
        do {
            return try APICommandTable(try JSONValue(reading: EdgeAPIDescription.text))
        } catch {
            fatalError("\(error)")
        }
    }()

    @Test("there is one for everything that is described, and no two are begun alike")
    func isWhole() throws {
        guard case .object(let paths) = try JSONValue(reading: EdgeAPIDescription.text)["paths"] else {
            Issue.record("no paths")
            return
        }
        let described = paths.flatMap { path -> [String] in
            guard path.name != "/openapi.json", case .object(let operations) = path.value else { return [] }
            return operations.filter { $0.name != "parameters" }.map { "\($0.name.uppercased()) \(path.name)" }
        }
        #expect(Self.table.commands.map { "\($0.method) \($0.path)" } == described)
        for command in Self.table.commands {
            let alike = Self.table.commands.filter { $0.words.starts(with: command.words) }
            #expect(alike.count == 1, "\(command.words)")
            #expect(!command.summary.isEmpty)
        }
    }

    @Test("every flag has a name of its own, and none that is the command's own")
    func flags() {
        for command in Self.table.commands {
            let flags = (command.query + command.body).map(\.flag)
            #expect(Set(flags).count == flags.count, "\(command.words)")
            #expect(Set(flags).isDisjoint(with: ["--json", "--url", "--api-key", "--config"]), "\(command.words)")
            #expect(command.body.isEmpty || ["POST", "PATCH", "PUT"].contains(command.method), "\(command.words)")
        }
    }

    struct Line: Sendable, CustomTestStringConvertible {
        let words: String
        let request: String
        var body: String?

        var testDescription: String { self.words }
    }

    @Test(
        "ask what they say",
        arguments: [
            Line(words: "reserved-domains list", request: "GET /reserved_domains"),
            Line(
                words: "reserved-domains list --limit 5 --before-id=rd_1",
                request: "GET /reserved_domains?limit=5&before_id=rd_1"
            ),
            Line(words: "reserved-domains get rd_1", request: "GET /reserved_domains/rd_1"),
            Line(words: "reserved-domains get a/../b?c", request: "GET /reserved_domains/a%2F..%2Fb%3Fc"),
            Line(words: "reserved-domains delete rd_1", request: "DELETE /reserved_domains/rd_1"),
            Line(
                words: "reserved-domains delete-certificate rd_1",
                request: "DELETE /reserved_domains/rd_1/certificate"
            ),
            Line(
                words: "reserved-domains create --domain app.example.com --description=",
                request: "POST /reserved_domains",
                body: #"{"domain":"app.example.com","description":""}"#
            ),
            Line(
                words: "--description x credentials update cr_1 --acl bind:a --acl=bind:b",
                request: "PATCH /credentials/cr_1",
                body: #"{"description":"x","acl":["bind:a","bind:b"]}"#
            ),
            Line(
                words: "backends tunnel-group create --labels team=web --labels region=eu=1",
                request: "POST /backends/tunnel_group",
                body: #"{"labels":{"team":"web","region":"eu=1"}}"#
            ),
            Line(
                words: "backends weighted create --backends bkdtg_1=2 --backends bkdtg_2=1",
                request: "POST /backends/weighted",
                body: #"{"backends":{"bkdtg_1":2,"bkdtg_2":1}}"#
            ),
            Line(
                words: "edges tls create --hostports a:443 --backend.backend-id b --backend.enabled false",
                request: "POST /edges/tls",
                body: #"{"hostports":["a:443"],"backend":{"backend_id":"b","enabled":false}}"#
            ),
            Line(
                words: "edge-modules tls-edge-mutual-tls replace e --certificate_authority_ids ca_1",
                request: "PUT /edges/tls/e/mutual_tls",
                body: #"{"certificate_authority_ids":["ca_1"]}"#
            ),
            Line(
                words: "event-destinations create --format json --target.webhook.url https://x.example/",
                request: "POST /event_destinations",
                body: #"{"format":"json","target":{"webhook":{"url":"https://x.example/"}}}"#
            ),
            Line(
                words: "event-sources update es_1 tcp_connection_closed.v0 --fields conn.client_ip",
                request: "PATCH /event_subscriptions/es_1/sources/tcp_connection_closed.v0",
                body: #"{"fields":["conn.client_ip"]}"#
            ),
            Line(words: "tunnel-sessions stop ts_1", request: "POST /tunnel_sessions/ts_1/stop"),
            Line(words: "status get", request: "GET /status"),
            Line(
                words: "edges tls update e --json file --description flag",
                request: "PATCH /edges/tls/e",
                body: #"{"description":"flag","backend":{"backend_id":"file"}}"#
            ),
        ]
    )
    func asks(line: Line) throws {
        let read = try Self.table.read(line.words.split(separator: " ").map(String.init)) { path in
            #expect(path == "file")
            return .object([
                .init("description", .string("file")),
                .init("backend", .object([.init("backend_id", .string("file"))])),
            ])
        }
        guard case .request(let request) = read else {
            Issue.record("help")
            return
        }
        #expect("\(request.command.method) \(request.address)" == line.request)
        #expect(request.body.map { String(decoding: $0.encoded, as: UTF8.self) } == line.body)
    }

    @Test(
        "say what would be right",
        arguments: [
            ("reserved-domain list", "reserved-domains"), ("reserved-domains lst", "list"),
            ("reserved-domains get", "reserved-domains get ID"),
            ("reserved-domains get a b", "takes 1 arguments, not 2"),
            ("reserved-domains create --domian x", "--domain"), ("reserved-domains create --domain", "needs a value"),
            ("reserved-domains list --domain x", "has no --domain"),
            ("edges tls create --backend.enabled maybe", "true or false"),
            ("backends weighted create --backends b=x", "name=number"),
            ("backends tunnel-group create --labels x", "name=value"),
            ("event-subscriptions create --sources x", "JSON"),
        ]
    )
    func wrong(words: String, hint: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.table.read(words.split(separator: " ").map(String.init)) { _ in .null }
        }
        #expect("\(error) \(error.hint ?? "")".contains(hint), "\(error) \(error.hint ?? "")")
    }

    @Test(
        "are listed with their flags",
        arguments: [
            ("", "reserved-domains create"), ("reserved-domains", "  create"), ("edges tls --help", "  update"),
            ("reserved-domains create --help", "--domain TEXT"), ("reserved-domains create -h", "Required."),
            ("reserved-domains get --help", "shakedown-agent api reserved-domains get ID"),
        ]
    )
    func help(words: String, word: String) throws {
        let read = try Self.table.read(words.split(separator: " ").map(String.init)) { _ in .null }
        guard case .help(let text) = read else {
            Issue.record("no help")
            return
        }
        #expect(text.contains(word), "\(text)")
        #expect(text.contains("--api-key KEY"))
    }

    @Test("keep where the API is, and a key that does not print")
    func options() throws {
        let words = ["--url", "http://edge:1", "tunnels", "list", "--api-key=k_ey", "--config", "a.yaml"]
        guard case .request(let line) = try Self.table.read(words, readJSON: { _ in .null }) else { return }
        #expect(line.options.url == "http://edge:1")
        #expect(line.options.apiKey?.revealed == "k_ey")
        #expect(line.options.config == ["a.yaml"])
        #expect(!"\(line)".contains("k_ey"))
    }
}
