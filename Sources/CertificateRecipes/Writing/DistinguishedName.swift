/// A subject or issuer: attributes in order, each alone in its set.
package struct DistinguishedName: Hashable, Sendable {
    package var attributes: [Attribute]

    package struct Attribute: Hashable, Sendable {
        package var type: [UInt]
        package var value: String

        package static func organization(_ value: String) -> Self { Self(type: [2, 5, 4, 10], value: value) }
        package static func commonName(_ value: String) -> Self { Self(type: [2, 5, 4, 3], value: value) }
    }

    package init(_ attributes: Attribute...) {
        self.attributes = attributes
    }

    package var der: [UInt8] {
        DER.sequence(
            self.attributes.map { DER.set(DER.sequence(DER.objectIdentifier($0.type), DER.utf8String($0.value))) }
        )
    }
}
