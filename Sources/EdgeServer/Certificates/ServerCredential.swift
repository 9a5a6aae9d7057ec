import EdgeCore
import Foundation
import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// A certificate chain and its key, known to belong together.
struct ServerCredential: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    /// The DNS names in the leaf that an endpoint could have.
    let names: [DomainName]

    /// Reads a chain and its key from disk.
    ///
    /// - Throws: ``CertificateProblem``, a sentence for each way in which the files can be unusable.
    static func load(_ files: EdgeConfiguration.CertificateFiles, now: Date = Date()) throws -> ServerCredential {
        let certificate = try Self.contents(of: files.certificate, what: "certificate")
        let key = try Self.contents(of: files.key, what: "key")
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(certificate)
        } catch {
            throw CertificateProblem(
                "\(files.certificate) holds no PEM certificate",
                hint: "it must start with -----BEGIN CERTIFICATE-----, the server's own certificate first"
            )
        }
        let parsedKey: NIOSSLPrivateKey
        do {
            parsedKey = try NIOSSLPrivateKey(bytes: key, format: .pem)
        } catch {
            throw CertificateProblem(
                "\(files.key) holds no PEM private key that can be read",
                hint: "encrypted keys are not supported; decrypt it with 'openssl pkey -in \(files.key) -out plain.key'"
            )
        }
        guard let leaf = chain.first, let parsed = try? Certificate(derEncoded: leaf.toDERBytes()) else {
            throw CertificateProblem(
                "\(files.certificate) holds a certificate that cannot be parsed",
                hint: "mint or fetch it again"
            )
        }
        guard parsed.notValidAfter > now else {
            throw CertificateProblem(
                "\(files.certificate) expired at \(parsed.notValidAfter.formatted(.iso8601))",
                hint: "renew it, then send SIGHUP or start again"
            )
        }
        let credential = ServerCredential(chain: chain, key: parsedKey, names: Self.names(in: parsed))
        do {
            _ = try NIOSSLContext(configuration: credential.configuration())
        } catch {
            throw CertificateProblem(
                "\(files.key) is not the key of \(files.certificate)",
                hint: "the certificate was made for another key; give the pair that belongs together"
            )
        }
        return credential
    }

    /// The pair that an agent's bind carries.
    init(_ pair: EdgeTermination.KeyPair) throws {
        self.chain = try NIOSSLCertificate.fromPEMBytes(pair.certificateChain)
        self.key = try NIOSSLPrivateKey(bytes: pair.privateKey, format: .pem)
        self.names = []
    }

    private init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, names: [DomainName]) {
        self.chain = chain
        self.key = key
        self.names = names
    }

    /// TLS 1.2 at least, no ALPN, and no client certificate asked for.
    func configuration() -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: self.chain.map { .certificate($0) },
            privateKey: .privateKey(self.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // How long a close waits for the peer's close_notify; our own has left by then.
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }

    private static func contents(of path: String, what: String) throws -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CertificateProblem(
                "the \(what) file \(path) does not exist",
                hint: "relative paths are relative to the configuration file's folder"
            )
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CertificateProblem(
                "the \(what) file \(path) cannot be read",
                hint: "check its permissions: the edge runs as this user"
            )
        }
        return Array(data)
    }

    private static func names(in certificate: Certificate) -> [DomainName] {
        guard let alternatives = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return alternatives.compactMap { name in
            guard case .dnsName(let text) = name else { return nil }
            return try? DomainName(text)
        }
    }
}
