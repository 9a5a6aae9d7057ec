package import ACME
import Foundation
import LibCrypto
package import NIOSSL
import Synchronization
import TLSCredentials
package import TLSWire

/// What the edge answers in the place of names that a CA is about to look at. From any thread.
package final class ChallengeAnswers: ChallengeResponder {
    private struct Answer {
        let challenge: TLSALPNChallenge
        let context: NIOSSLContext
    }

    /// By names, in lower case.
    private let answers = Mutex<[String: Answer]>([:])

    package init() {}

    package func answer(_ challenge: TLSALPNChallenge) throws {
        let answer = Answer(challenge: challenge, context: try Self.context(challenge))
        self.answers.withLock { $0[challenge.name] = answer }
    }

    package func withdraw(_ challenge: TLSALPNChallenge) {
        self.answers.withLock { answers in
            // Another may have come after it.
            if answers[challenge.name]?.challenge == challenge { answers[challenge.name] = nil }
        }
    }

    /// Whether a client asks for what is answered now. A CA offers the one protocol alone (RFC 8737 section 3), so that who offers
    /// others too is a tenant's client; and so is everybody as long as the edge is not to be looked at, since tenants may
    /// answer challenges of their own.
    package func hasAnswer(for client: ClientHello) -> Bool { self.context(for: client) != nil }

    package func context(for client: ClientHello) -> NIOSSLContext? {
        guard client.alpnProtocols == [Array(TLSALPNChallenge.applicationProtocol.utf8)],
            let name = client.serverName?.lowercased()
        else { return nil }
        return self.answers.withLock { $0[name]?.context }
    }

    private static func context(_ challenge: TLSALPNChallenge) throws -> NIOSSLContext {
        let key = try PrivateKey(.ecdsaP256)
        let now = Int64(Date().timeIntervalSince1970)
        let certificate = try challenge.certificate(for: key, validity: (now - 86_400)...(now + 86_400))
        let pair = try KeyPair(
            certificatePEM: Array(PEMBlock(label: "CERTIFICATE", contents: certificate).text.utf8),
            keyPEM: Array(key.pem.utf8)
        )
        var configuration = pair.serverConfiguration()
        configuration.applicationProtocols = [TLSALPNChallenge.applicationProtocol]
        return try NIOSSLContext(configuration: configuration)
    }
}
