import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import TLSCredentials
import Testing

@Suite("The CAs of mutual TLS")
struct ClientAuthoritiesTests {
    private let authority: TestAuthority
    private let folder: TemporaryFolder

    init() throws {
        self.authority = try TestAuthority(name: "clients")
        self.folder = try TemporaryFolder()
    }

    @Test("of a file are its certificates alone, whatever text is around them")
    func only() throws {
        let other = try TestAuthority(name: "other clients")
        let crl = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
        let text = "subject=CN = clients\n\(self.authority.certificatePEM)\(crl)\(other.certificatePEM)"
        let authorities = try ClientAuthorities.read(try self.folder.write(text, to: "ca.pem"))
        #expect(authorities.certificates.count == 2)
        #expect(
            String(decoding: authorities.pem, as: UTF8.self) == self.authority.certificatePEM + other.certificatePEM
        )
    }

    @Test("are not taken from a file that holds a private key, which was meant to leave this machine with them")
    func privateKey() throws {
        for text in [
            self.authority.certificatePEM + self.authority.keyPEM,
            self.authority.keyPEM + self.authority.certificatePEM,
            self.authority.certificatePEM
                + "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        ] {
            let path = try self.folder.write(text, to: "both.pem")
            let error = try #require(throws: ConfigurationError.self) { try ClientAuthorities.read(path) }
            #expect(error.message.contains("both.pem hold a private key"))
            #expect(error.hint == "give a file with the certificates only")
        }
    }

    @Test("of a bind have the codes of what is wrong with them")
    func codes() throws {
        let leaf = try self.authority.issue(["a"]).certificatePEM
        let texts = [
            ("", 1695), ("no PEM", 1695), (self.authority.keyPEM, 1695),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 14002),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", 14002),
            (self.authority.certificatePEM + self.authority.keyPEM, 14002),
            (leaf, 1696), (self.authority.certificatePEM + leaf, 1696),
        ]
        for (text, code) in texts {
            let error = try #require(throws: NgrokError.self) { try ClientAuthorities(pem: Array(text.utf8)) }
            #expect(error.code == code, "\(text)")
        }
        let error = try #require(throws: NgrokError.self) { try ClientAuthorities(pem: Array(leaf.utf8)) }
        #expect(error.message.hasPrefix("'CN=a' is no CA"))
    }
}
