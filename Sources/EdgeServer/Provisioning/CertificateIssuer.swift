package import ACME
import ConfigurationFiles
package import LibCrypto
import NIOSSL

/// Somebody who issues certificates to whoever shows that a name is theirs.
package protocol CertificateIssuer: Sendable {
    /// What accounts there are told apart by.
    var directory: String { get }

    /// - Returns: the chain in PEM, the certificate itself first.
    /// - Throws: ``ACMEError``, or that the task was cancelled.
    func certificate(for name: String, key: PrivateKey, account: AccountKey) async throws -> String
}

/// The CA that edge.yaml names.
struct ConfiguredIssuer: CertificateIssuer {
    private let settings: EdgeConfiguration.ACMESettings
    /// Of the CA's own server.
    private let roots: NIOSSLTrustRoots
    private let answers: ChallengeAnswers

    init(_ settings: EdgeConfiguration.ACMESettings, answers: ChallengeAnswers) throws(ConfigurationError) {
        self.settings = settings
        self.roots = try settings.roots()
        self.answers = answers
    }

    var directory: String { self.settings.directory }

    func certificate(for name: String, key: PrivateKey, account: AccountKey) async throws -> String {
        // Every few weeks: connections are not kept until then.
        try await HTTPTransport.with(trusting: self.roots) { transport in
            let client = ACMEClient(
                directory: self.settings.directory,
                contacts: self.settings.contacts,
                key: account,
                transport: transport
            )
            return try await client.certificate(for: name, key: key, answeredBy: self.answers)
        }
    }
}
