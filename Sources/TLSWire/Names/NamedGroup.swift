/// A key exchange group (IANA "TLS Supported Groups").
package struct NamedGroup: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let secp256r1 = NamedGroup(rawValue: 0x0017)
    package static let secp384r1 = NamedGroup(rawValue: 0x0018)
    package static let secp521r1 = NamedGroup(rawValue: 0x0019)
    package static let x25519 = NamedGroup(rawValue: 0x001d)
    package static let x448 = NamedGroup(rawValue: 0x001e)
    package static let ffdhe2048 = NamedGroup(rawValue: 0x0100)
    package static let ffdhe3072 = NamedGroup(rawValue: 0x0101)
    package static let ffdhe4096 = NamedGroup(rawValue: 0x0102)
    package static let ffdhe6144 = NamedGroup(rawValue: 0x0103)
    package static let ffdhe8192 = NamedGroup(rawValue: 0x0104)
    package static let mlkem512 = NamedGroup(rawValue: 0x0200)
    package static let mlkem768 = NamedGroup(rawValue: 0x0201)
    package static let mlkem1024 = NamedGroup(rawValue: 0x0202)
    package static let secp256r1MLKEM768 = NamedGroup(rawValue: 0x11eb)
    package static let x25519MLKEM768 = NamedGroup(rawValue: 0x11ec)
    package static let secp384r1MLKEM1024 = NamedGroup(rawValue: 0x11ed)
    /// The draft that Chrome 124 shipped.
    package static let x25519Kyber768Draft00 = NamedGroup(rawValue: 0x6399)

    package var isGREASE: Bool { TLSWire.isGREASE(self.rawValue) }
}

extension NamedGroup: CustomStringConvertible {
    /// The registry's name, `grease(0x2a2a)` or `group(0x1234)`.
    package var description: String {
        switch self {
        case .secp256r1: "secp256r1"
        case .secp384r1: "secp384r1"
        case .secp521r1: "secp521r1"
        case .x25519: "x25519"
        case .x448: "x448"
        case .ffdhe2048: "ffdhe2048"
        case .ffdhe3072: "ffdhe3072"
        case .ffdhe4096: "ffdhe4096"
        case .ffdhe6144: "ffdhe6144"
        case .ffdhe8192: "ffdhe8192"
        case .mlkem512: "MLKEM512"
        case .mlkem768: "MLKEM768"
        case .mlkem1024: "MLKEM1024"
        case .secp256r1MLKEM768: "SecP256r1MLKEM768"
        case .x25519MLKEM768: "X25519MLKEM768"
        case .secp384r1MLKEM1024: "SecP384r1MLKEM1024"
        case .x25519Kyber768Draft00: "X25519Kyber768Draft00"
        default: self.isGREASE ? "grease(\(hexadecimal(self.rawValue)))" : "group(\(hexadecimal(self.rawValue)))"
        }
    }
}
