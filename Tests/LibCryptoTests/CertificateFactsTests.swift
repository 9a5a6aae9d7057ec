import Addresses
import CertificateRecipes
import Foundation
import LibCrypto
import Testing

@Suite("Facts of a certificate")
struct CertificateFactsTests {
    private static func certificate(
        subject: DistinguishedName = DistinguishedName(.commonName("a")),
        issuer: DistinguishedName? = nil,
        extensions: [CertificateExtension] = [],
        key kind: PrivateKey.Kind = .ecdsaP256
    ) throws -> [UInt8] {
        let key = try PrivateKey(kind)
        return try CertificateContents(
            issuer: issuer ?? subject,
            subject: subject,
            notBefore: Date(timeIntervalSince1970: 1_800_000_000),
            notAfter: Date(timeIntervalSince1970: 1_900_000_000),
            publicKey: try key.publicKey,
            extensions: extensions
        ).signed(with: key)
    }

    @Test("the subject is written as RFC 4514 has it")
    func subject() throws {
        let subject = DistinguishedName(.organization("Müller, Söhne"), .commonName("*.example.com"))
        #expect(
            try CertificateFacts(der: Self.certificate(subject: subject)).subject
                == "CN=*.example.com,O=Müller\\, Söhne"
        )
    }

    @Test("the issuer is written likewise")
    func issuer() throws {
        let name = DistinguishedName(.organization("Example"), .commonName("CA"))
        #expect(try CertificateFacts(der: Self.certificate(subject: name)).issuer == "CN=CA,O=Example")
    }

    @Test("the common name is the subject's first, and no more than that")
    func commonName() throws {
        for (subject, name) in [
            (DistinguishedName(.organization("Example"), .commonName("Zoë Müller")), "Zoë Müller"),
            (DistinguishedName(.commonName("first"), .commonName("second")), "first"),
            (DistinguishedName(.commonName("a,CN=b")), "a,CN=b"), (DistinguishedName(.organization("Example")), nil),
        ] {
            #expect(try CertificateFacts(der: Self.certificate(subject: subject)).commonName == name)
        }
    }

    @Test(
        "what the key signs with is told of those that servers have here",
        arguments: [
            (PrivateKey.Kind.ecdsaP256, KeyAlgorithm.ecdsaP256), (.ecdsaP384, .ecdsaP384), (.ecdsaP521, .ecdsaP521),
            (.ed25519, .ed25519), (.rsa(bits: 2048), .rsa),
        ]
    )
    func keyAlgorithm(kind: PrivateKey.Kind, algorithm: KeyAlgorithm) throws {
        #expect(try CertificateFacts(der: Self.certificate(key: kind)).keyAlgorithm == algorithm)
    }

    @Test("its own issuer is who has the issuer's name")
    func selfIssued() throws {
        #expect(try CertificateFacts(der: Self.certificate()).isSelfIssued)
        let other = DistinguishedName(.commonName("other"))
        #expect(try !CertificateFacts(der: Self.certificate(issuer: other)).isSelfIssued)
    }

    @Test("control characters in a subject cannot break a log line")
    func escapes() throws {
        let subject = DistinguishedName(.commonName("a\r\nb"))
        #expect(try CertificateFacts(der: Self.certificate(subject: subject)).subject == "CN=a\\0D\\0Ab")
    }

    @Test("names are those of the subject alternative name, DNS names only")
    func names() throws {
        let address = try #require(IPAddress("192.0.2.1"))
        let der = try Self.certificate(
            extensions: [.subjectAlternativeName(dnsNames: ["b.example", "*.a.example"], addresses: [address])]
        )
        #expect(try CertificateFacts(der: der).dnsNames == ["b.example", "*.a.example"])
        #expect(try CertificateFacts(der: Self.certificate()).dnsNames.isEmpty)
    }

    @Test("an authority is what says so of itself", arguments: [true, false, nil])
    func authority(_ isCA: Bool?) throws {
        let extensions = isCA.map { [CertificateExtension.basicConstraints(.init(isCA: $0))] } ?? []
        #expect(try CertificateFacts(der: Self.certificate(extensions: extensions)).isAuthority == (isCA == true))
    }

    @Test("what is not one whole certificate is refused, at every length")
    func malformed() throws {
        let der = try Self.certificate(extensions: [.basicConstraints(.init(isCA: true))])
        let others = (0..<der.count).map { Array(der.prefix($0)) } + [der + [0]]
        for bytes in others {
            #expect(throws: CryptoError.self, "\(bytes.count) bytes of \(der.count)") {
                try CertificateFacts(der: bytes)
            }
        }
    }

    @Test(
        "extensions that say two things, or nothing that can be read, are refused",
        arguments: [
            [.basicConstraints(.init(isCA: true)), .basicConstraints(.init(isCA: false))],
            [CertificateExtension([2, 5, 29, 19], isCritical: true, value: [0x30, 0x01])],
            [CertificateExtension([2, 5, 29, 17], value: [0x04, 0x00])],
        ] as [[CertificateExtension]]
    )
    func contradictions(_ extensions: [CertificateExtension]) throws {
        let der = try Self.certificate(extensions: extensions)
        let error = try #require(throws: CryptoError.self) { try CertificateFacts(der: der) }
        #expect(error.code == .badCertificate)
    }
}
