import AgentProtocol
import NIOSSL
import SwiftASN1
import X509

/// The CAs of an endpoint's mutual TLS, from the PEM text of its bind.
struct ClientAuthorities {
    let certificates: [NIOSSLCertificate]

    /// - Throws: ERR_NGROK_1695 without any PEM block, 14002 for what cannot be parsed, 1696 for a certificate that is
    ///   no CA: as a root it would let in whoever its key signs for.
    init(pem: [UInt8]) throws(NgrokError) {
        let text = String(decoding: pem, as: UTF8.self)
        guard text.contains("-----BEGIN CERTIFICATE-----") else { throw .mutualTLSNoCertificate }
        do {
            for document in try PEMDocument.parseMultiple(pemString: text) {
                let certificate = try Certificate(pemDocument: document)
                guard case .isCertificateAuthority = try certificate.extensions.basicConstraints else {
                    throw NgrokError.mutualTLSNotCA("\(certificate.subject)")
                }
            }
            self.certificates = try NIOSSLCertificate.fromPEMBytes(pem)
        } catch let error as NgrokError {
            throw error
        } catch {
            throw .mutualTLSUnreadable
        }
    }
}
