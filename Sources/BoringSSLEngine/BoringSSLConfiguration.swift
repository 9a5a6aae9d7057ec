import NIOSSL
package import ScenarioModel
import Synchronization

/// What a BoringSSL context is made for. Equal configurations share one context.
package struct BoringSSLConfiguration: Hashable, Sendable {
    package var minimumVersion: ScenarioModel.TLSVersion
    package var maximumVersion: ScenarioModel.TLSVersion
    package var credential: Credential?
    package var alpn: [String]

    package init(
        minimumVersion: ScenarioModel.TLSVersion = .tls12,
        maximumVersion: ScenarioModel.TLSVersion = .tls13,
        credential: Credential? = nil,
        alpn: [String] = []
    ) {
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.credential = credential
        self.alpn = alpn
    }
}

/// swift-nio-ssl does not tell its BoringSSL's revision.
package let boringSSLVersionText = "BoringSSL (swift-nio-ssl)"

/// The harness could not set BoringSSL up: our own trouble, never the peer's.
package struct BoringSSLError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ what: String, _ underlying: any Error) {
        self.description = "BoringSSL: \(what): \(underlying)"
    }
}

extension BoringSSLConfiguration {
    private static let cache = Mutex<[BoringSSLConfiguration: NIOSSLContext]>([:])

    func context() throws -> NIOSSLContext {
        if let context = Self.cache.withLock({ $0[self] }) { return context }
        let context = try self.makeContext()
        Self.cache.withLock { $0[self] = context }
        return context
    }

    private func makeContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = Self.nioVersion(self.minimumVersion)
        configuration.maximumTLSVersion = Self.nioVersion(self.maximumVersion)
        configuration.applicationProtocols = self.alpn
        // Verification is on only so that the callback is asked, which shows the whole chain and lets everyone pass.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        configuration.keyLogCallback = { BoringSSLSecrets.take($0) }
        do {
            if let credential = self.credential {
                let chain = try NIOSSLCertificate.fromPEMBytes(Array(credential.certificateChainPEM.utf8))
                configuration.certificateChain = chain.map { .certificate($0) }
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(credential.privateKeyPEM.utf8), format: .pem)
                )
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw BoringSSLError("the client certificate cannot be used", error)
        }
    }

    private static func nioVersion(_ version: ScenarioModel.TLSVersion) -> NIOSSL.TLSVersion {
        switch version {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
