import CredentialTesting
import EdgeControl
import LibCrypto
import Testing

@Suite("Uploaded certificates")
struct CertificateTests {
    private let authority: TestAuthority
    private let intermediate: TestAuthority
    private let issued: TestAuthority.Issued
    private let other: TestAuthority.Issued

    init() throws {
        self.authority = try TestAuthority(name: "Root")
        self.intermediate = try self.authority.authority("Intermediate")
        self.issued = try self.intermediate.issue(["app.example.com", "*.example.com"])
        self.other = try self.authority.issue(["other.example.com"])
    }

    private func upload(_ certificate: String, _ key: String) throws -> TLSCertificate {
        var fixture = try ControlFixture()
        return try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = certificate
            draft.privateKeyPEM = key
        }
    }

    @Test("a chain in order, with its root or without, is shown as it reads")
    func good() throws {
        let chain = self.issued.certificatePEM + self.intermediate.certificatePEM
        for pem in [self.issued.certificatePEM, chain, chain + self.authority.certificatePEM] {
            let certificate = try self.upload(pem, self.issued.keyPEM)
            #expect(certificate.facts.dnsNames == ["app.example.com", "*.example.com"])
            #expect(certificate.facts.details.subject.commonName == "app.example.com")
            #expect(certificate.facts.details.issuer.commonName == "Intermediate")
            #expect(certificate.keyType == .ecdsa)
            #expect(certificate.draft.privateKeyPEM.isEmpty)
            #expect(certificate.privateKeyPEM.text == self.issued.keyPEM)
        }
    }

    @Test("what is wrong with an upload is said by its number")
    func bad() throws {
        let (pem, key) = (self.issued.certificatePEM, self.issued.keyPEM)
        let block = "-----BEGIN CERTIFICATE-----\n"
        let cases: [(String, String, String, Int)] = [
            ("no certificate", "", key, 1922), ("text", "hello", key, 1922),
            ("no whole block", block + "AA", key, 1920),
            ("a key for a certificate", key, key, 1925),
            ("a block of something else", try PEMBlock(label: "X509 CRL", contents: [1]).text, key, 1911),
            ("headers", pem.replacing(block, with: block + "Comment: mine\n\n"), key, 1910),
            ("garbage", try PEMBlock(label: "CERTIFICATE", contents: [1, 2, 3]).text, key, 1900),
            ("the root at the second place", pem + self.authority.certificatePEM, key, 1926),
            ("too much", pem + String(repeating: " ", count: 1 << 16), key, 1921),
            ("no key", pem, "", 1901), ("a certificate for a key", pem, pem, 1924),
            ("an encrypted key", pem, try PEMBlock(label: "ENCRYPTED PRIVATE KEY", contents: [1]).text, 1902),
            ("a key in a form that is none", pem, try PEMBlock(label: "PRIVATE KEY", contents: [1, 2]).text, 1903),
            ("another's key", pem, self.other.keyPEM, 1923),
        ]
        for (name, certificate, key, code) in cases {
            let error = refusal { try self.upload(certificate, key) }
            #expect(error?.code == code, "\(name): \(String(describing: error))")
        }
    }

    @Test("an out-of-order chain is told by names")
    func order() throws {
        let error = refusal {
            try self.upload(self.issued.certificatePEM + self.other.certificatePEM, self.issued.keyPEM)
        }
        #expect(error?.message.contains("'app.example.com' is not signed by 'other.example.com'") == true)
    }

    @Test("an update keeps the certificate and its key")
    func update() throws {
        var fixture = try ControlFixture()
        let certificate = try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = self.issued.certificatePEM
            draft.privateKeyPEM = self.issued.keyPEM
        }
        let updated = try fixture.state.update(
            TLSCertificate.self,
            id: certificate.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.description = "new" }
        #expect(updated.privateKeyPEM == certificate.privateKeyPEM)
        #expect(updated.facts == certificate.facts)
    }

    @Test("a CA is one certificate that says so")
    func authorities() throws {
        var fixture = try ControlFixture()
        let ca = try fixture.create(CertificateAuthority.self) { $0.caPEM = self.authority.certificatePEM }
        #expect(ca.facts.details.subject.commonName == "Root")
        for (pem, code) in [
            ("", 1919), ("hello", 1919), (self.issued.certificatePEM, 1913),
            (self.authority.certificatePEM + self.intermediate.certificatePEM, 1912), (self.authority.keyPEM, 1925),
        ] {
            #expect(refusal { try fixture.create(CertificateAuthority.self) { $0.caPEM = pem } }?.code == code)
        }
    }

    @Test("a name has the certificate of its own domain, or else of the closest wildcard, and none where that has none")
    func choice() throws {
        var fixture = try ControlFixture()
        let certificate = try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = self.issued.certificatePEM
            draft.privateKeyPEM = self.issued.keyPEM
        }
        try fixture.create(ReservedDomain.self) { draft in
            draft.domain = "*.example.com"
            draft.certificateID = certificate.id
        }
        try fixture.reserve("bare.example.com")
        let state = fixture.state
        #expect(state.certificate(for: "a.example.com")?.id == certificate.id)
        #expect(state.certificate(for: "A.Example.COM")?.id == certificate.id)
        #expect(state.certificate(for: "bare.example.com") == nil)
        #expect(state.certificate(for: "example.com") == nil)
        #expect(state.certificate(for: "elsewhere.test") == nil)
    }
}
