import AgentProtocol
import CredentialTesting
import EdgeServer
import Foundation
import HangTesting
import LogTesting
import NIOCore
import Testing

@Suite("Secrets of the edge", .noHang)
struct SecretsTests {
    @Test("no token, cookie or key is in a log line, an event or a metric, whatever is logged")
    func nowhere() async throws {
        let pair = try TestAuthority(name: "own").issue(["own.shakedown.test"])
        var secrets = [TestEdge.token, TestEdge.otherToken, "a-wrong-token"] + Self.body(pair.keyPEM)
        var said: [String] = []
        var log: [String] = []
        try await TestEdge.run { edge in
            for name in ["wild", "agents"] {
                secrets += Self.body(
                    try String(contentsOf: edge.folder.appending(path: "\(name).key"), encoding: .utf8)
                )
            }
            let agent = try await TestAgent.connect(to: edge)
            let welcome = try await agent.authenticate()
            secrets += [welcome.extra.cookie]
            for (certificate, key) in [(pair.certificatePEM, pair.keyPEM), ("no PEM", pair.keyPEM)] {
                _ = try await agent.bind {
                    $0.hostname = "own.shakedown.test"
                    $0.tlsTermination = .init(certificate: Array(certificate.utf8), key: Array(key.utf8))
                }
            }
            let back = try await TestAgent.connect(to: edge)
            let again = try await back.authenticate(clientID: welcome.clientID, cookie: welcome.extra.cookie)
            secrets += [again.extra.cookie]
            let stranger = try await TestAgent.connect(to: edge)
            _ = try await stranger.authenticate(token: "a-wrong-token")
            edge.reload()
            let client = try await edge.connectRaw()
            try await client.send(TestHello.bytes(serverName: "own.shakedown.test"))
            _ = try await client.end()
            said += try await edge.metrics()
            said.append(try String(contentsOf: edge.folder.appending(path: "events.jsonl"), encoding: .utf8))
            try await back.vanish()
            log = edge.log.lines
        }
        #expect(log.contains { $0.hasPrefix("agent session started") })
        for secret in secrets where !secret.isEmpty {
            #expect(!(log + said).contains { $0.contains(secret) }, "\(secret)")
        }
    }

    /// The lines of a PEM text that are worth keeping secret.
    private static func body(_ pem: String) -> [String] {
        pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.map(String.init)
    }
}
