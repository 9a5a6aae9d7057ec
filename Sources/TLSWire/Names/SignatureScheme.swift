/// A signature algorithm of TLS 1.3, and hash and signature of TLS 1.2 (IANA "TLS SignatureScheme").
package struct SignatureScheme: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let ecdsaSECP256R1SHA256 = SignatureScheme(rawValue: 0x0403)
    package static let ecdsaSECP384R1SHA384 = SignatureScheme(rawValue: 0x0503)
    package static let ecdsaSECP521R1SHA512 = SignatureScheme(rawValue: 0x0603)
    package static let ed25519 = SignatureScheme(rawValue: 0x0807)
    package static let rsaPSSRSAESHA256 = SignatureScheme(rawValue: 0x0804)
    package static let rsaPKCS1SHA256 = SignatureScheme(rawValue: 0x0401)
}
