import CertificateRecipes
import Foundation
import LibCrypto
import Testing

@Suite("The description of a certificate")
struct CertificateDescriptionTests {
    private static func description(
        subject: [DistinguishedName.Attribute] = [.commonName("a")],
        extensions: [CertificateExtension] = [],
        key kind: PrivateKey.Kind = .ecdsaP256
    ) throws -> CertificateDescription {
        let key = try PrivateKey(kind)
        var name = DistinguishedName()
        name.attributes = subject
        let certificate = try CertificateContents(
            issuer: DistinguishedName(.commonName("Some CA")),
            subject: name,
            notBefore: Date(timeIntervalSince1970: 1_800_000_000),
            notAfter: Date(timeIntervalSince1970: 1_900_000_000),
            publicKey: try key.publicKey,
            extensions: extensions
        ).signed(with: key)
        return try CertificateDescription(der: certificate)
    }

    private static func attribute(_ type: [UInt], _ value: String) -> DistinguishedName.Attribute {
        var attribute = DistinguishedName.Attribute.commonName(value)
        attribute.type = type
        return attribute
    }

    @Test("has every value of an attribute, in order, and each under its own word")
    func names() throws {
        let types: [(CertificateDescription.Attribute, UInt)] = [
            (.commonName, 3), (.country, 6), (.locality, 7), (.province, 8), (.streetAddress, 9), (.organization, 10),
            (.organizationalUnit, 11), (.postalCode, 17),
        ]
        #expect(Set(types.map(\.0)) == Set(CertificateDescription.Attribute.allCases))
        let subject = types.map { Self.attribute([2, 5, 4, $1], "\($0)") } + [.organization("Müller")]
        let description = try Self.description(subject: subject)
        for (attribute, _) in types {
            let others = attribute == .organization ? ["Müller"] : []
            #expect(description.subject.values[attribute] == ["\(attribute)"] + others)
        }
        #expect(description.issuer.values == [.commonName: ["Some CA"]])
        #expect(description.issuer.text == "CN=Some CA")
        #expect(description.notBefore == 1_800_000_000 && description.notAfter == 1_900_000_000)
    }

    @Test("has the alternative names of each kind, and its extensions as they are")
    func extensions() throws {
        func name(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] { [kind, UInt8(bytes.count)] + bytes }
        let names =
            name(0x81, Array("a@b.test".utf8)) + name(0x82, Array("b.test".utf8)) + name(0x86, Array("x:y".utf8))
            + name(0x87, [192, 0, 2, 1])
        let contents = [0x30, UInt8(names.count)] + names
        let description = try Self.description(extensions: [
            .keyUsage(.digitalSignature), CertificateExtension([2, 5, 29, 17], value: contents),
        ])
        #expect(description.alternativeNames.emailAddresses == ["a@b.test"])
        #expect(description.alternativeNames.dnsNames == ["b.test"])
        #expect(description.alternativeNames.uris == ["x:y"])
        #expect(description.alternativeNames.addresses == [[192, 0, 2, 1]])
        #expect(description.extensions.map(\.id) == ["2.5.29.15", "2.5.29.17"])
        #expect(description.extensions.map(\.isCritical) == [true, false])
        #expect(description.extensions[1].bytes == contents)
    }

    @Test(
        "calls the signature as Go does",
        arguments: [
            (.ecdsaP256, "ECDSA-SHA256"), (.ecdsaP384, "ECDSA-SHA384"), (.ed25519, "Ed25519"),
            (.rsa(bits: 2048), "SHA256-RSA"),
        ] as [(PrivateKey.Kind, String)]
    )
    func signatures(kind: PrivateKey.Kind, name: String) throws {
        #expect(try Self.description(key: kind).signatureAlgorithm == name)
    }

    @Test("is not made of anything else")
    func noCertificate() {
        #expect(throws: CryptoError.self) { try CertificateDescription(der: [0x30, 0x00]) }
    }
}
