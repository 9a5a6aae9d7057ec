import FolderTesting
import Foundation
import LibCrypto
import Testing

@Suite("A CA of our own making")
struct CertificateAuthorityTests {
    private static let now: Int64 = 1_800_000_000
    private static let validity = (now - 60)...(now + 86_400)

    private let authority: CertificateAuthority

    init() throws {
        self.authority = try CertificateAuthority(
            name: "Test CA",
            domains: ["app.test", "localhost"],
            validity: Self.validity
        )
    }

    @Test("says what it is, and what it issues is for the names, addresses and seconds asked for")
    func facts() throws {
        let own = try CertificateFacts(der: self.authority.certificate)
        #expect(own.isAuthority)
        #expect(own.subject == "CN=Test CA")
        #expect(own.issuer == "CN=Test CA")
        let key = try PrivateKey(.ecdsaP256)
        let issued = try self.authority.issue(
            for: ["app.test", "*.app.test"],
            addresses: ["127.0.0.1", "::1"],
            key: key,
            validity: Self.validity
        )
        let facts = try CertificateFacts(der: issued)
        #expect(!facts.isAuthority)
        #expect(facts.subject == "CN=app.test")
        #expect(facts.issuer == "CN=Test CA")
        #expect(facts.dnsNames == ["app.test", "*.app.test"])
        #expect(facts.addresses == [[127, 0, 0, 1], Array(repeating: 0, count: 15) + [1]])
        #expect(facts.notBefore == Self.validity.lowerBound)
        #expect(facts.notAfter == Self.validity.upperBound)
        #expect(try key.isKey(of: issued))
        #expect(try !self.authority.key.isKey(of: issued))
    }

    @Test("knows what it has issued from what another CA of its name has")
    func namesake() throws {
        let other = try CertificateAuthority(name: "Test CA", domains: ["app.test"], validity: Self.validity)
        let key = try PrivateKey(.ecdsaP256)
        let issued = try other.issue(for: ["app.test"], key: key, validity: Self.validity)
        #expect(try other.hasIssued(issued))
        #expect(try !self.authority.hasIssued(issued))
    }

    @Test("is taken up again with its own key, and with no other")
    func restored() throws {
        let again = try CertificateAuthority(
            certificate: self.authority.certificate,
            key: PrivateKey(.ecdsaP256, der: Self.contents(of: self.authority.key.pem))
        )
        let key = try PrivateKey(.ecdsaP256)
        let issued = try again.issue(for: ["app.test"], key: key, validity: Self.validity)
        #expect(try self.authority.hasIssued(issued))
        for (certificate, key) in [(self.authority.certificate, key), (issued, key)] {
            let error = try #require(throws: CryptoError.self) {
                try CertificateAuthority(certificate: certificate, key: key)
            }
            #expect(error.code == .badCertificate)
        }
    }

    @Test(
        "issues nothing for a name that could be two, or something else, to the library",
        arguments: ["", "a.test,DNS:b.test", "a.test,IP:192.0.2.1", "@section", "a.test\nb.test", "ä.test", "A.test"]
    )
    func badNames(_ name: String) throws {
        let key = try PrivateKey(.ecdsaP256)
        for body in [
            { _ = try self.authority.issue(for: [name], key: key, validity: Self.validity) },
            { _ = try self.authority.issue(for: ["a.test"], addresses: [name], key: key, validity: Self.validity) },
            { _ = try CertificateAuthority(name: "Test CA", domains: [name], validity: Self.validity) },
        ] {
            let error = try #require(throws: CryptoError.self, performing: body)
            #expect(error.code == .badName)
        }
    }

    struct Verification: Sendable, CustomTestStringConvertible {
        let name: String
        let issued: [String]
        var asked: String?
        var address: String?
        /// What OpenSSL says of it.
        let answer: String
        var testDescription: String { self.name }
    }

    @Test(
        "is one that OpenSSL accepts, strictly, for the names below its domains and no others",
        .enabled(if: OpenSSLProgram.isInstalled, "install openssl"),
        arguments: [
            Verification(name: "its domain", issued: ["app.test"], asked: "app.test", answer: ": OK"),
            Verification(
                name: "a wildcard below it",
                issued: ["app.test", "*.app.test"],
                asked: "a.app.test",
                answer: ": OK"
            ),
            Verification(name: "an address", issued: ["localhost"], address: "127.0.0.1", answer: ": OK"),
            Verification(name: "another name", issued: ["app.test"], asked: "b.test", answer: "hostname mismatch"),
            Verification(name: "what only ends alike", issued: ["myapp.test"], answer: "permitted subtree violation"),
            Verification(name: "the world", issued: ["example.com"], answer: "permitted subtree violation"),
        ]
    )
    func verification(_ verification: Verification) throws {
        let folder = try TemporaryFolder()
        let authority = try folder.write(Self.pem(self.authority.certificate), to: "ca.pem")
        let issued = try self.authority.issue(
            for: verification.issued,
            addresses: ["127.0.0.1"],
            key: PrivateKey(.ecdsaP256),
            validity: Self.validity
        )
        let leaf = try folder.write(Self.pem(issued), to: "leaf.pem")
        let asked =
            (verification.asked.map { ["-verify_hostname", $0] } ?? [])
            + (verification.address.map { ["-verify_ip", $0] } ?? [])
        let printed = try OpenSSLProgram.run(
            ["verify", "-x509_strict", "-purpose", "sslserver", "-attime", String(Self.now), "-CAfile", authority]
                + asked + [leaf]
        )
        #expect(printed.contains(verification.answer), "\(printed)")
    }

    @Test(
        "vouches for no CA below itself",
        .enabled(if: OpenSSLProgram.isInstalled, "install openssl")
    )
    func intermediates() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.pem(self.authority.certificate), to: "ca.pem")
        let printed = try OpenSSLProgram.run(["x509", "-in", path, "-noout", "-text"])
        for words in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "DNS:app.test", "DNS:localhost"] {
            #expect(printed.contains(words), "\(printed)")
        }
        #expect(printed.matches(of: /: critical\n/).count == 3, "\(printed)")
    }

    private static func pem(_ certificate: [UInt8]) throws -> String {
        try PEMBlock(label: "CERTIFICATE", contents: certificate).text
    }

    private static func contents(of pem: String) throws -> [UInt8] {
        try #require(try PEMBlock.blocks(of: Array(pem.utf8)).first).contents
    }
}
