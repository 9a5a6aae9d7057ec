import Foundation
import LibCrypto
import NIOSSL

/// A CA that clients' chains may end at, whether it is a root or was issued by one.
///
/// BoringSSL wants a chain to end at a certificate that is its own issuer, and NIOSSL has no switch for the flag that would let
/// it end earlier (X509_V_FLAG_PARTIAL_CHAIN): an issuing CA alone would let nobody in. A certificate that comes as
/// `TRUSTED CERTIFICATE` says itself what it is trusted for, which BoringSSL takes for any.
struct TrustAnchor: Sendable {
    let certificate: NIOSSLCertificate
    private let isSelfIssued: Bool

    /// An X509_CERT_AUX of OpenSSL's, whose `trust` is id-kp-clientAuth alone (RFC 5280 section 4.2.1.12).
    private static let trustedForClients: [UInt8] = [
        0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02,
    ]

    init(der: [UInt8], isSelfIssued: Bool) throws {
        self.isSelfIssued = isSelfIssued
        guard !isSelfIssued else {
            self.certificate = try NIOSSLCertificate(bytes: der, format: .der)
            return
        }
        let block = PEMBlock(label: "TRUSTED CERTIFICATE", contents: der + Self.trustedForClients)
        // Of the ways to read a certificate, the one that reads several takes note of the trust of the first.
        guard let trusted = try NIOSSLCertificate.fromPEMBytes(Array(try block.text.utf8)).first else {
            throw NIOSSLError.failedToLoadCertificate
        }
        self.certificate = trusted
    }

    /// BoringSSL looks at the dates of whatever is its own issuer, and of what is trusted without being that at none.
    func isUsable(at now: Date) -> Bool {
        let seconds = time_t(now.timeIntervalSince1970)
        return self.isSelfIssued
            || self.certificate.notValidBefore <= seconds && seconds <= self.certificate.notValidAfter
    }
}
