import AgentProtocol
import ConfigurationFiles
import CredentialTesting
import FolderTesting
import Foundation
import OpenSSLEngine
import ScenarioModel
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
        #expect(authorities.certificates().count == 2)
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

    /// An agent may give the CA that issues its clients' certificates without the root above it: ngrok's own edge takes it.
    @MainActor
    @Test("may be an issuing CA alone, which lets in whom it issued and nobody else, and nobody once it has expired")
    func issuingAuthority() async throws {
        let issuing = try self.authority.authority("issuing")
        let sibling = try self.authority.authority("sibling")
        let expired = try self.authority.authority("expired", from: -7200, to: -3600)
        for (trusted, issuer, isAdmitted) in [
            (issuing, issuing, true), (issuing, self.authority, false), (issuing, sibling, false),
            (expired, expired, false), (self.authority, self.authority, true),
        ] {
            let pair = try self.authority.issue(["a.example"])
            let contexts = try ServerContexts(
                KeyPair(certificatePEM: Array(pair.certificatePEM.utf8), keyPEM: Array(pair.keyPEM.utf8)),
                verifying: ClientAuthorities(pem: Array(trusted.certificatePEM.utf8))
            )
            let own = try issuer.issue(["c"], usage: [.client])
            // With the issuer's certificate and without it.
            for chain in [own.certificatePEM, own.certificatePEM + issuer.certificatePEM] {
                let credential = Credential(certificateChainPEM: chain, privateKeyPEM: own.keyPEM)
                let client = OpenSSLConfiguration(side: .client, credential: credential)
                let encounter = try await Encounter(try OpenSSLSession(client), try contexts.next())
                #expect(encounter.isAdmitted == isAdmitted)
                #expect(encounter.alerts == (isAdmitted ? [] : ["unknown_ca"]))
            }
        }
    }

    @Test("that a root issued vouch for nobody before and after their time")
    func times() throws {
        let issuing = try self.authority.authority("issuing", from: 3600, to: 7200)
        let authorities = try ClientAuthorities(pem: Array(issuing.certificatePEM.utf8))
        for (seconds, count) in [(0.0, 0), (3700, 1), (7100, 1), (7300, 0)] {
            #expect(authorities.certificates(at: Date(timeIntervalSinceNow: seconds)).count == count)
        }
    }

    @Test("are as many as there may be, and no more: of a bind by its code, of a file by its name")
    func tooMany() throws {
        let most = ClientAuthorities.maximumCount
        let text = String(repeating: self.authority.certificatePEM, count: most)
        #expect(try ClientAuthorities(pem: Array(text.utf8)).certificates().count == most)
        let more = text + self.authority.certificatePEM
        let error = try #require(throws: NgrokError.self) { try ClientAuthorities(pem: Array(more.utf8)) }
        #expect(error.code == 1675)
        let path = try self.folder.write(more, to: "many.pem")
        let complaint = try #require(throws: ConfigurationError.self) { try ClientAuthorities.read(path) }
        #expect(complaint.message == "the client CAs \(path) cannot be used (ERR_NGROK_1675)")
        #expect(complaint.hint?.hasPrefix("There are more than 32 client CAs.") == true)
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
