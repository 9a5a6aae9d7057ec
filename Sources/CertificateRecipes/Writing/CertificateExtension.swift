package import Addresses
internal import LibCrypto

/// One extension of a certificate (RFC 5280 section 4.2).
package struct CertificateExtension: Hashable, Sendable {
    package var identifier: [UInt]
    package var isCritical: Bool
    /// DER.
    package var value: [UInt8]

    package init(_ identifier: [UInt], isCritical: Bool = false, value: [UInt8]) {
        self.identifier = identifier
        self.isCritical = isCritical
        self.value = value
    }

    var der: [UInt8] {
        let identifier = DER.objectIdentifier(self.identifier)
        let value = DER.octetString(self.value)
        // DER leaves out what is the default.
        return self.isCritical
            ? DER.sequence(identifier, DER.boolean(true), value) : DER.sequence(identifier, value)
    }

    package static func basicConstraints(_ constraints: CertificateRecipe.BasicConstraints) -> Self {
        var contents: [[UInt8]] = []
        if constraints.isCA { contents.append(DER.boolean(true)) }
        if constraints.isCA, let length = constraints.pathLength { contents.append(DER.integer(UInt(length))) }
        return Self([2, 5, 29, 19], isCritical: true, value: DER.sequence(contents))
    }

    package static func keyUsage(_ usage: KeyUsage) -> Self {
        // A string of named bits ends with its last 1.
        let value =
            usage.isEmpty
            ? DER.bitString([]) : DER.bitString([usage.rawValue], unusedBits: usage.rawValue.trailingZeroBitCount)
        return Self([2, 5, 29, 15], isCritical: true, value: value)
    }

    package static func subjectKeyIdentifier(_ identifier: KeyIdentifier) -> Self {
        Self([2, 5, 29, 14], value: DER.octetString(identifier.bytes))
    }

    package static func authorityKeyIdentifier(_ identifier: KeyIdentifier) -> Self {
        Self([2, 5, 29, 35], value: DER.sequence(DER.element(0x80, identifier.bytes)))
    }

    package static func subjectAlternativeName(dnsNames: [String], addresses: [IPAddress] = []) -> Self {
        let names = dnsNames.map { DER.element(0x82, Array($0.utf8)) } + addresses.map { DER.element(0x87, $0.bytes) }
        return Self([2, 5, 29, 17], value: DER.sequence(names))
    }

    package static func extendedKeyUsage(_ usage: [CertificateRecipe.Usage]) -> Self {
        let purposes = usage.map { usage in
            switch usage {
            case .server: DER.objectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])
            case .client: DER.objectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])
            }
        }
        return Self([2, 5, 29, 37], value: DER.sequence(purposes))
    }
}

/// The bits of keyUsage, its first in the highest place (RFC 5280 section 4.2.1.3).
package struct KeyUsage: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let digitalSignature = KeyUsage(rawValue: 0x80)
    package static let keyEncipherment = KeyUsage(rawValue: 0x20)
    package static let keyCertSign = KeyUsage(rawValue: 0x04)
    package static let crlSign = KeyUsage(rawValue: 0x02)
}

/// What names a key in those certificates that are signed with it: 160 bits of the SHA-256 of the public key (RFC 7093
/// section 2, method 4).
package struct KeyIdentifier: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(publicKey: [UInt8]) {
        self.bytes = Array(SHA256.digest(of: publicKey).prefix(20))
    }
}
