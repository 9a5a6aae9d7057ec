import ACME
import ClockTesting
import JSONText
import LibCrypto
import Synchronization
import Testing

/// Notes what it is asked to answer.
private final class Responder: ChallengeResponder {
    private let state = Mutex<[String]>([])

    var notes: [String] { self.state.withLock { $0 } }

    func answer(_ challenge: TLSALPNChallenge) {
        self.state.withLock { $0.append("answer \(challenge.authorization)") }
    }
    func withdraw(_ challenge: TLSALPNChallenge) { self.state.withLock { $0.append("withdraw \(challenge.name)") } }
}

@Suite("A client of a CA")
struct ACMEClientTests {
    private let clock = ImpatientClock()
    private let responder = Responder()
    private let account: AccountKey

    init() throws { self.account = try AccountKey() }

    private func get(_ ca: ScriptedCA) async throws -> String {
        let client = ACMEClient(
            directory: "\(ScriptedCA.base)/directory",
            contacts: ["mailto:admin@example.com"],
            key: self.account,
            transport: ca,
            clock: self.clock
        )
        return try await client.certificate(
            for: "app.example.com",
            key: PrivateKey(.ecdsaP256),
            answeredBy: self.responder
        )
    }

    private func error(of ca: ScriptedCA) async -> ACMEError? {
        await #expect(throws: ACMEError.self) { try await self.get(ca) }
    }

    @Test("orders, answers, asks and is given a certificate, in this order")
    func order() async throws {
        let ca = ScriptedCA()
        #expect(try await self.get(ca) == ScriptedCA.chain)
        let requests = ca.requests
        #expect(
            requests.map { "\($0.method.rawValue) \($0.path)" } == [
                "GET directory", "HEAD nonce", "POST accounts", "POST orders", "POST authorization", "POST tls-alpn-01",
                "POST authorization", "POST authorization", "POST finalize", "POST order", "POST order",
                "POST certificate",
            ]
        )
        #expect(requests[2].signer == "jwk")
        #expect(Set(requests[3...].map(\.signer)) == ["\(ScriptedCA.base)/account"])
        #expect(
            requests[2].payload == #"{"termsOfServiceAgreed":true,"contact":["mailto:admin@example.com"]}"#
        )
        #expect(requests[3].payload == #"{"identifiers":[{"type":"dns","value":"app.example.com"}]}"#)
        // What would be a GET has no payload, and what has none to give an empty one.
        #expect(requests[4].payload == "")
        #expect(requests[5].payload == "{}")
        let thumbprint = self.account.description.dropFirst("AccountKey(".count).dropLast()
        #expect(
            self.responder.notes == ["answer token-of-tls-alpn-01.\(thumbprint)", "withdraw app.example.com"]
        )
    }

    @Test("asks for the name alone, with the key it was given")
    func request() async throws {
        let ca = ScriptedCA()
        _ = try await self.get(ca)
        let payload = ca.requests.first { $0.path == "finalize" }?.payload ?? ""
        let csr = try #require(try JSONValue(reading: Array(payload.utf8))["csr"]?.text)
        #expect(csr.utf8.allSatisfy { !"+/=".utf8.contains($0) })
    }

    @Test("does not have shown what the CA remembers")
    func remembered() async throws {
        var script = ScriptedCA.Script()
        script.authorization = ("valid", "valid")
        let ca = ScriptedCA(script)
        #expect(try await self.get(ca) == ScriptedCA.chain)
        #expect(self.responder.notes.isEmpty)
        #expect(!ca.requests.contains { $0.path == "tls-alpn-01" })
    }

    @Test("says again what a CA does not take for its nonce, with the nonce that came with the refusal")
    func badNonces() async throws {
        var script = ScriptedCA.Script()
        script.badNonces = 9
        let ca = ScriptedCA(script)
        #expect(try await self.get(ca) == ScriptedCA.chain)
        #expect(ca.requests.count { $0.path == "accounts" } == 10)
        #expect(ca.requests.count { $0.path == "nonce" } == 1)
    }

    @Test("gives up where no nonce is good")
    func noGoodNonce() async throws {
        var script = ScriptedCA.Script()
        script.badNonces = 1_000
        let ca = ScriptedCA(script)
        #expect(await self.error(of: ca)?.code == .badNonce)
        #expect(ca.requests.count { $0.path == "accounts" } == 10)
    }

    @Test(
        "waits as long as the CA asks, within reason",
        arguments: [(nil, 3), (10, 10), (0, 1), (9999, 60)] as [(Int?, Int)]
    )
    func patience(_ asked: Int?, _ slept: Int) async throws {
        var script = ScriptedCA.Script()
        script.looks = 2
        script.pause = asked.map { .seconds($0) }
        _ = try await self.get(ScriptedCA(script))
        // Each of authorization and order is looked at twice in vain; the order once more, by being finalized.
        #expect(self.clock.sleeps == Array(repeating: .seconds(slept), count: 5))
    }

    @Test("gives up on a CA that does not come to an end, and answers no more")
    func endless() async throws {
        var script = ScriptedCA.Script()
        script.looks = .max
        #expect(await self.error(of: ScriptedCA(script))?.code == .tookTooLong)
        #expect(self.responder.notes.last == "withdraw app.example.com")
        #expect(self.clock.sleeps.count == 100)
    }

    @Test("tells how long a CA that has had enough wants to be left alone")
    func rateLimit() async throws {
        var script = ScriptedCA.Script()
        script.answers["orders"] = ScriptedCA.problem("rateLimited", status: 429, retryAfter: .seconds(3600))
        let error = await self.error(of: ScriptedCA(script))
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfter == .seconds(3600))
        #expect(error?.description == "rateLimited: It is so. Really.")
    }

    @Test("says why a name is not ours, and answers no more")
    func invalid() async throws {
        var script = ScriptedCA.Script()
        script.authorization = ("pending", "invalid")
        #expect(await self.error(of: ScriptedCA(script))?.code == .dns)
        #expect(self.responder.notes.last == "withdraw app.example.com")
    }

    @Test("says why an order has failed")
    func invalidOrder() async throws {
        var script = ScriptedCA.Script()
        script.order = "invalid"
        #expect(await self.error(of: ScriptedCA(script))?.code == .caa)
    }

    @Test("does not go on where it cannot answer")
    func noChallenge() async throws {
        var script = ScriptedCA.Script()
        script.challenges = ["http-01", "dns-01"]
        let ca = ScriptedCA(script)
        #expect(await self.error(of: ca)?.code == .noChallenge)
        #expect(ca.requests.last?.path == "authorization")
    }

    @Test("says that nobody is there")
    func down() async throws {
        var script = ScriptedCA.Script()
        script.isDown = true
        #expect(await self.error(of: ScriptedCA(script))?.code == .unreachable)
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let path: String
        var text = "{}"
        var status: UInt = 200
        var location: String?
        var testDescription: String { "\(self.path): \(self.status) \(self.text)" }
    }

    @Test(
        "believes nothing that ACME does not have",
        arguments: [
            Lie(path: "directory", text: "<html>"), Lie(path: "directory"),
            Lie(
                path: "directory",
                text: #"{"newNonce": "http://a", "newAccount": "https://a", "newOrder": "https://a"}"#
            ),
            Lie(path: "directory", status: 302, location: "https://elsewhere.test"),
            Lie(path: "nonce", status: 500), Lie(path: "accounts"), Lie(path: "accounts", text: "", status: 503),
            Lie(path: "orders", text: "[]", location: "\(ScriptedCA.base)/order"),
            Lie(path: "orders", text: #"{"status": "pending", "authorizations": [], "finalize": "https://a"}"#),
            Lie(path: "authorization", text: #"{"status": "perhaps"}"#),
            Lie(path: "authorization", text: #"{"status": "pending", "challenges": 5}"#),
            Lie(path: "order", text: "null"),
            Lie(path: "order", text: #"{"status": "valid", "authorizations": [], "finalize": "https://a"}"#),
            Lie(path: "certificate", status: 404),
        ]
    )
    func lies(_ lie: Lie) async throws {
        var script = ScriptedCA.Script()
        script.answers[lie.path] = ACMEResponse(status: lie.status, body: Array(lie.text.utf8), location: lie.location)
        let code = await self.error(of: ScriptedCA(script))?.code
        #expect(code == (lie.text.contains("challenges") ? .noChallenge : .badAnswer))
    }

    @Test("a certificate that is no text is none")
    func noText() async throws {
        var script = ScriptedCA.Script()
        script.answers["certificate"] = ACMEResponse(status: 200, body: [0xff])
        #expect(await self.error(of: ScriptedCA(script))?.code == .badAnswer)
    }
}
