package import ConfigurationFiles
import LibCrypto
package import NIOSSL

/// The certificates of a PEM text, in its order. What else the text holds is left out.
package enum CertificateBundle {
    /// - Throws: whatever does not let a certificate in it be parsed.
    package static func certificates(in pem: [UInt8]) throws -> [NIOSSLCertificate] {
        try PEMBlock.blocks(of: pem).filter(\.isCertificate)
            .map { try NIOSSLCertificate(bytes: $0.contents, format: .der) }
    }

    /// Writes certificates, each in DER, as one PEM text.
    static func pem(_ certificates: [[UInt8]]) throws -> [UInt8] {
        try certificates.flatMap { Array(try PEMBlock(label: "CERTIFICATE", contents: $0).text.utf8) }
    }

    /// The roots of a PEM file, or the system's.
    ///
    /// - Parameter what: what the file is for, as messages call it.
    package static func roots(_ path: String?, what: String) throws(ConfigurationError) -> NIOSSLTrustRoots {
        guard let path else { return .default }
        return .certificates(try Self.read(.file(path), what: what))
    }

    /// At least one.
    static func read(_ source: PEMSource, what: String) throws(ConfigurationError) -> [NIOSSLCertificate] {
        let pem = try source.bytes(what: what)
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try Self.certificates(in: pem)
        } catch {
            throw ConfigurationError(
                "the \(what) \(source) cannot be parsed",
                hint: "each PEM block must be whole, from -----BEGIN CERTIFICATE----- to its end"
            )
        }
        guard !certificates.isEmpty else {
            let place = if case .file(let path) = source { "file \(path)" } else { "\(what) \(source)" }
            throw ConfigurationError(
                "the \(place) has no certificate in PEM form",
                hint: "it must have a -----BEGIN CERTIFICATE----- block"
            )
        }
        return certificates
    }
}
