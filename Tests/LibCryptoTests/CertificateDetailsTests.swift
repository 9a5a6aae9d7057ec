import CertificateRecipes
import Foundation
import LibCrypto
import Testing

@Suite("Details of a certificate")
struct CertificateDetailsTests {
    private static func details(
        subject: DistinguishedName = DistinguishedName(.commonName("a")),
        extensions: [CertificateExtension] = []
    ) throws -> CertificateDetails {
        let key = try PrivateKey(.ecdsaP256)
        let certificate = try CertificateContents(
            issuer: DistinguishedName(.commonName("Some CA"), .organization("Somebody")),
            subject: subject,
            notBefore: Date(timeIntervalSince1970: 1_800_000_000),
            notAfter: Date(timeIntervalSince1970: 1_900_000_000),
            publicKey: try key.publicKey,
            extensions: extensions
        ).signed(with: key)
        return try CertificateDetails(der: certificate)
    }

    @Test("are the attributes of its two names, and nothing for those it lacks")
    func names() throws {
        let details = try Self.details(subject: DistinguishedName(.organization("Müller"), .commonName("b.test")))
        #expect(details.subject.commonName == "b.test")
        #expect(details.subject.organization == "Müller")
        #expect(details.subject.organizationalUnit.isEmpty)
        #expect(details.subject.locality.isEmpty)
        #expect(details.subject.province.isEmpty)
        #expect(details.subject.country.isEmpty)
        #expect(details.issuer.commonName == "Some CA")
    }

    @Test("are the usages by the names of RFC 5280, and none where it does not limit its key")
    func usages() throws {
        let limited = try Self.details(extensions: [
            .keyUsage([.digitalSignature, .keyCertSign]), .extendedKeyUsage([.server, .client]),
        ])
        #expect(limited.keyUsages == ["digitalSignature", "keyCertSign"])
        #expect(limited.extendedKeyUsages == ["serverAuth", "clientAuth"])
        let free = try Self.details()
        #expect(free.keyUsages.isEmpty)
        #expect(free.extendedKeyUsages.isEmpty)
    }

    @Test("are a serial number in lower-case hexadecimal")
    func serialNumber() throws {
        let serialNumber = try Self.details().serialNumber
        #expect(serialNumber.utf8.count > 16)
        #expect(serialNumber.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test("are not read from anything else")
    func noCertificate() {
        #expect(throws: CryptoError.self) { try CertificateDetails(der: [0x30, 0x00]) }
    }
}
