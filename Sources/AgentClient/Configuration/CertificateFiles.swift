import AgentProtocol
import NIOSSL
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads and checks certificates and keys before anything is started.
enum CertificateFiles {
    /// A certificate chain and its key, which belong together and are valid now.
    struct Pair {
        let certificatePEM: [UInt8]
        let keyPEM: [UInt8]
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
    }

    static func pair(certificate: String, key: String) throws(ConfigurationError) -> Pair {
        let certificatePEM = try TextFile.bytes(certificate, what: "certificate")
        let keyPEM = try TextFile.bytes(key, what: "key")
        let chain = try Self.chain(certificatePEM, path: certificate)
        try Self.checkDates(chain[0], path: certificate)
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(bytes: keyPEM, format: .pem)
        } catch {
            throw ConfigurationError(
                "the key \(key) is no private key in PEM form",
                hint: "an encrypted key must be decrypted first: openssl pkey -in key -out plain-key"
            )
        }
        let pair = Pair(certificatePEM: certificatePEM, keyPEM: keyPEM, chain: chain, key: privateKey)
        do {
            _ = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) },
                    privateKey: .privateKey(privateKey)
                )
            )
        } catch {
            throw ConfigurationError(
                "the key \(key) does not belong to the certificate \(certificate)",
                hint: "give the key that the first certificate of the file was issued for"
            )
        }
        return pair
    }

    private static func chain(_ pem: [UInt8], path: String) throws(ConfigurationError) -> [NIOSSLCertificate] {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(pem)
        } catch {
            throw ConfigurationError(
                "the certificate \(path) is not in PEM form",
                hint: "it must start with -----BEGIN CERTIFICATE-----"
            )
        }
        guard !chain.isEmpty else {
            throw ConfigurationError(
                "the file \(path) has no certificate",
                hint: "it must have a -----BEGIN CERTIFICATE----- block"
            )
        }
        return chain
    }

    private static func checkDates(_ certificate: NIOSSLCertificate, path: String) throws(ConfigurationError) {
        let now = Date().timeIntervalSince1970
        let end = TimeInterval(certificate.notValidAfter)
        guard now <= end else {
            throw ConfigurationError(
                "the certificate \(path) expired on \(Self.day(end))",
                hint: "renew it and start the agent again"
            )
        }
        let start = TimeInterval(certificate.notValidBefore)
        guard now >= start else {
            throw ConfigurationError(
                "the certificate \(path) is not valid before \(Self.day(start))",
                hint: "check this machine's clock"
            )
        }
    }

    private static func day(_ time: TimeInterval) -> String {
        Date(timeIntervalSince1970: time).formatted(Date.ISO8601FormatStyle().year().month().day())
    }

    /// The CAs whose clients are let in, and their file. Each must be a CA by its basicConstraints, as the edge demands too.
    static func clientCAs(
        _ path: String
    ) throws(ConfigurationError) -> (pem: [UInt8], certificates: [NIOSSLCertificate]) {
        let pem = try TextFile.bytes(path, what: "client CAs")
        let documents: [PEMDocument]
        do {
            documents = try PEMDocument.parseMultiple(pemString: String(decoding: pem, as: UTF8.self))
                .filter { $0.discriminator == Certificate.defaultPEMDiscriminator }
        } catch {
            throw Self.refusal(.mutualTLSUnreadable, path: path)
        }
        guard !documents.isEmpty else { throw Self.refusal(.mutualTLSNoCertificate, path: path) }
        var certificates: [NIOSSLCertificate] = []
        for document in documents {
            do {
                let certificate = try Certificate(pemDocument: document)
                guard case .isCertificateAuthority = try certificate.extensions.basicConstraints else {
                    throw Self.refusal(.mutualTLSNotCA("\(certificate.subject)"), path: path)
                }
                certificates.append(try NIOSSLCertificate(bytes: document.derBytes, format: .der))
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw Self.refusal(.mutualTLSUnreadable, path: path)
            }
        }
        return (pem, certificates)
    }

    private static func refusal(_ error: NgrokError, path: String) -> ConfigurationError {
        ConfigurationError("the client CAs \(path) cannot be used (\(error.name))", hint: error.message)
    }

    /// The roots of a PEM file, or the system's.
    static func roots(_ path: String?, what: String) throws(ConfigurationError) -> NIOSSLTrustRoots {
        guard let path else { return .default }
        return .certificates(try Self.chain(try TextFile.bytes(path, what: what), path: path))
    }
}
