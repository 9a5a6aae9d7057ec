import FolderTesting
import LibCrypto
import Testing

@Suite("What asks a CA for a certificate")
struct CertificateSigningRequestTests {
    @Test(
        "is one that OpenSSL verifies, for the names and the key, without a subject",
        .enabled(if: OpenSSLProgram.isInstalled, "install openssl"),
        arguments: [(.ecdsaP256, "256 bit"), (.rsa(bits: 2048), "2048 bit")] as [(PrivateKey.Kind, String)]
    )
    func verified(_ kind: PrivateKey.Kind, _ size: String) throws {
        let folder = try TemporaryFolder()
        let names = ["app.example.com", "\(String(repeating: "a", count: 63)).example.com"]
        let request = try CertificateSigningRequest.write(for: names, key: PrivateKey(kind))
        let path = try folder.write(
            PEMBlock(label: "CERTIFICATE REQUEST", contents: request).text,
            to: "request.pem"
        )
        let printed = try OpenSSLProgram.run(["req", "-in", path, "-noout", "-verify", "-text"])
        for words in ["verify OK", size, "Version: 1 (0x0)", names.map { "DNS:\($0)" }.joined(separator: ", ")] {
            #expect(printed.contains(words), "\(printed)")
        }
        #expect(printed.contains(#/Subject: *\n/#), "\(printed)")
    }

    @Test("is written for no name that could be two", arguments: ["a.test,DNS:b.test", ""])
    func badNames(_ name: String) throws {
        let error = try #require(throws: CryptoError.self) {
            try CertificateSigningRequest.write(for: [name], key: PrivateKey(.ecdsaP256))
        }
        #expect(error.code == .badName)
    }
}

@Suite("A certificate that vouches for itself")
struct SelfSignedCertificateTests {
    @Test(
        "has the one name and the extension, which is critical",
        .enabled(if: OpenSSLProgram.isInstalled, "install openssl")
    )
    func printed() throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey(.ecdsaP256)
        let certificate = try SelfSignedCertificate.issue(
            for: "app.example.com",
            subject: "Test",
            key: key,
            validity: 1_800_000_000...1_800_086_400,
            criticalExtension: "1.3.6.1.5.5.7.1.31",
            contents: [0x04, 0x02, 0x0a, 0xff]
        )
        let facts = try CertificateFacts(der: certificate)
        #expect(facts.dnsNames == ["app.example.com"])
        #expect(facts.isSelfIssued)
        #expect(try key.isKey(of: certificate))
        let path = try folder.write(PEMBlock(label: "CERTIFICATE", contents: certificate).text, to: "own.pem")
        let printed = try OpenSSLProgram.run(["x509", "-in", path, "-noout", "-text"])
        #expect(
            printed.contains(#/(1\.3\.6\.1\.5\.5\.7\.1\.31|acmeIdentifier|ACME Identifier): critical/#),
            "\(printed)"
        )
        let parsed = try OpenSSLProgram.run(["asn1parse", "-in", path])
        #expect(parsed.contains("[HEX DUMP]:04020AFF"), "\(parsed)")
    }
}
