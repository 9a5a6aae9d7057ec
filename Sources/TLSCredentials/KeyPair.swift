package import ConfigurationFiles
package import Foundation
package import LibCrypto
package import NIOSSL

/// A certificate chain, the server's own certificate first, and the key that it was issued for.
package struct KeyPair: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let chain: [NIOSSLCertificate]
    package let key: NIOSSLPrivateKey
    /// The chain written anew: whatever else its file held is left out.
    package let chainPEM: [UInt8]
    /// The key as it was given.
    package let keyPEM: [UInt8]
    /// The DNS names that the server's own certificate is for.
    package let dnsNames: [String]
    package let algorithm: KeyAlgorithm

    /// Reads both from disk.
    package static func read(
        certificate: String,
        key: String,
        now: Date = Date()
    ) throws(ConfigurationError) -> KeyPair {
        try Self.read(certificate: .file(certificate), key: .file(key), now: now)
    }

    /// Reads both, and sees that they belong together and are valid now.
    ///
    /// - Throws: a sentence for each way in which they can be unusable.
    package static func read(
        certificate: PEMSource,
        key: PEMSource,
        now: Date = Date()
    ) throws(ConfigurationError) -> KeyPair {
        let chain = try CertificateBundle.read(certificate, what: "certificate")
        try Self.checkDates(chain[0], source: certificate, now: now)
        let keyPEM = try key.bytes(what: "key")
        let parsedKey: NIOSSLPrivateKey
        do {
            parsedKey = try NIOSSLPrivateKey(bytes: keyPEM, format: .pem)
        } catch {
            throw ConfigurationError(
                "the key \(key) is no private key in PEM form",
                hint: "an encrypted key must be decrypted first: openssl pkey -in \(Self.name(key)) -out plain.key"
            )
        }
        let pair: KeyPair
        do {
            pair = try KeyPair(chain: chain, key: parsedKey, keyPEM: keyPEM)
        } catch let error as ConfigurationError {
            throw ConfigurationError(
                "the certificate \(certificate) cannot be used: \(error.message)",
                hint: "issue it again, for such a key"
            )
        } catch {
            throw ConfigurationError(
                "the certificate \(certificate) cannot be parsed: \(error)",
                hint: "issue it again"
            )
        }
        do {
            _ = try NIOSSLContext(configuration: pair.serverConfiguration())
        } catch {
            throw ConfigurationError(
                "the key \(key) does not belong to the certificate \(certificate)",
                hint: "give the key that the first certificate of the file was issued for"
            )
        }
        return pair
    }

    /// A pair that came as PEM texts. A context tells whether the two belong together.
    package init(certificatePEM: [UInt8], keyPEM: [UInt8]) throws {
        try self.init(
            chain: try CertificateBundle.certificates(in: certificatePEM),
            key: try NIOSSLPrivateKey(bytes: keyPEM, format: .pem),
            keyPEM: keyPEM
        )
    }

    private init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, keyPEM: [UInt8]) throws {
        guard let own = chain.first else { throw ConfigurationError("there is no certificate in PEM form") }
        self.chain = chain
        self.chainPEM = try CertificateBundle.pem(chain.map { try $0.toDERBytes() })
        self.key = key
        self.keyPEM = keyPEM
        let facts = try CertificateFacts(der: own.toDERBytes())
        guard let algorithm = facts.keyAlgorithm else {
            throw ConfigurationError("its key is neither RSA, ECDSA over P-256, P-384 or P-521, nor Ed25519")
        }
        self.dnsNames = facts.dnsNames
        self.algorithm = algorithm
    }

    /// With which edge and agent sign, and which they take of a peer.
    ///
    /// All that the library can, less SHA-1, which it would use in TLS 1.2 (RFC 9155 section 4). Left to itself it takes no Ed25519
    /// of a peer, nor P-521 in TLS 1.3.
    package static let signatureAlgorithms: [SignatureAlgorithm] = [
        .ed25519, .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384,
        .rsaPssRsaeSha384, .rsaPkcs1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512,
    ]

    /// A server's: TLS 1.2 at least, no ALPN, and client certificates where there are CAs to trust.
    package func serverConfiguration(verifying authorities: ClientAuthorities? = nil) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: self.chain.map { .certificate($0) },
            privateKey: .privateKey(self.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // The library's own list less the suites without forward secrecy (RFC 9325 section 4.1).
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES256:ECDH+AES128:!aNULL:!eNULL:!MD5"
        configuration.signingSignatureAlgorithms = Self.signatureAlgorithms
        configuration.verifySignatureAlgorithms = Self.signatureAlgorithms
        if let authorities {
            // Clients have no host name to check. BoringSSL verifies the rest, because it then chooses the alert; a
            // callback could only send 46.
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(authorities.certificates())
            configuration.sendCANameList = true
        }
        return configuration
    }

    /// Without the key.
    package var description: String { "KeyPair(\(self.dnsNames))" }
    package var debugDescription: String { self.description }

    private static func name(_ source: PEMSource) -> String {
        if case .file(let path) = source { path } else { "FILE" }
    }

    private static func checkDates(
        _ certificate: NIOSSLCertificate,
        source: PEMSource,
        now: Date
    ) throws(ConfigurationError) {
        let end = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
        guard now <= end else {
            throw ConfigurationError("the certificate \(source) expired on \(Self.day(end))", hint: "renew it")
        }
        let start = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
        guard now >= start else {
            throw ConfigurationError(
                "the certificate \(source) is not valid before \(Self.day(start))",
                hint: "check this machine's clock"
            )
        }
    }

    private static func day(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle().year().month().day())
    }
}
