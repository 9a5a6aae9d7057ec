import CertificateRecipes
import FolderTesting
import Foundation
import Testing

/// The shipped recipes, judged by OpenSSL's command line: another implementation than the one that made them.
@Suite("Minted certificates")
struct MintTests {
    struct Verification: Sendable, CustomTestStringConvertible {
        let name: String
        var ca: String
        var purpose: String
        var options: [String] = []
        /// What OpenSSL must complain of; `nil` when it must accept.
        var complaint: String?
        var testDescription: String { "\(self.name) against \(self.ca)" }

        static func server(_ name: String, _ complaint: String? = nil, options: [String] = []) -> Self {
            Self(name: name, ca: "ca-servers", purpose: "sslserver", options: options, complaint: complaint)
        }

        static func client(_ name: String, _ complaint: String? = nil) -> Self {
            Self(name: name, ca: "ca-clients", purpose: "sslclient", complaint: complaint)
        }
    }

    @Test(
        "OpenSSL accepts the good ones, and refuses each bad one for its own fault",
        .enabled(if: OpenSSLCommand.isInstalled, "install openssl"),
        arguments: [
            .server("edge-server", options: ["-verify_hostname", "tenant-1.shakedown.test"]),
            .server("agent-server", options: ["-verify_hostname", "tenant-1.shakedown.test"]),
            .server("upstream-server", options: ["-verify_ip", "127.0.0.1"]),
            .server("upstream-server", options: ["-verify_ip", "::1"]),
            .server("upstream-server", options: ["-verify_hostname", "localhost"]),
            .server("agents-listener", options: ["-verify_ip", "127.0.0.1"]),
            .server("server-rsa", options: ["-verify_hostname", "a.shakedown.test"]),
            .server("edge-default", options: ["-verify_hostname", "default-certificate.invalid"]),
            .server("server-huge-san", options: ["-verify_hostname", "tenant-1199.shakedown.test"]),
            .server("server-ed25519", options: ["-verify_hostname", "a.shakedown.test"]),
            .server("server-wrong-name", "ostname mismatch", options: ["-verify_hostname", "a.shakedown.test"]),
            .server("server-one-label", "ostname mismatch", options: ["-verify_hostname", "a.b.shakedown.test"]),
            .server("upstream-expired", "certificate has expired"),
            .server("upstream-not-yet-valid", "certificate is not yet valid"),
            .server("upstream-wrong-name", "ostname mismatch", options: ["-verify_hostname", "localhost"]),
            .server("upstream-wrong-name"),
            .server("upstream-unknown-ca", "unable to get local issuer certificate"),
            .server("upstream-self-signed", "self-signed certificate"),
            .server("upstream-impostor", "certificate signature failure"),
            .server("upstream-rsa", options: ["-verify_hostname", "localhost"]),
            .server("upstream-p521", options: ["-verify_hostname", "localhost"]),
            .server("upstream-ed25519", options: ["-verify_hostname", "localhost"]),
            .client("client-good"),
            .client("client-rsa"),
            .client("client-intermediate"),
            .client("client-other-ca", "unable to get local issuer certificate"),
            .client("client-unknown-ca", "unable to get local issuer certificate"),
            .client("client-expired", "certificate has expired"),
            .client("client-not-yet-valid", "certificate is not yet valid"),
            .client("client-wrong-usage", "unsuitable certificate purpose"),
            .client("client-self-signed", "self-signed certificate"),
            .client("client-ca-false-issuer", "invalid CA certificate"),
            .client("client-impostor", "certificate signature failure"),
            .client("client-namesake", "unable to get local issuer certificate"),
            .client("client-expired-issuer", "certificate has expired"),
            .client("client-too-deep", "path length constraint exceeded"),
            .client("client-p384"), .client("client-p521"), .client("client-ed25519"),
            .client("client-30-kb"), .client("client-90-kb"),
        ] as [Verification]
    )
    func verifies(_ verification: Verification) throws {
        try withTemporaryFolder { folder in
            try Self.mint.writeAll(to: folder, names: [verification.name, verification.ca])
            let chain = folder.appending(path: "\(verification.name).chain.pem").path
            let answer = try OpenSSLCommand.run(
                ["verify", "-CAfile", folder.appending(path: "\(verification.ca).pem").path]
                    + ["-purpose", verification.purpose] + verification.options
                    + ["-untrusted", chain, folder.appending(path: "\(verification.name).pem").path]
            )
            if let complaint = verification.complaint {
                #expect(answer.status != 0)
                #expect(answer.text.contains(complaint))
            } else {
                #expect(answer.status == 0, "\(answer.text)")
            }
        }
    }

    @Test(
        "a certificate has the extensions that its recipe asks for",
        .enabled(if: OpenSSLCommand.isInstalled, "install openssl")
    )
    func extensions() throws {
        try withTemporaryFolder { folder in
            try Self.mint.writeAll(to: folder, names: ["upstream-server", "ca-clients-intermediate"])
            let server = try OpenSSLCommand.run([
                "x509", "-noout", "-text", "-in", folder.appending(path: "upstream-server.pem").path,
            ]).text
            #expect(
                server.contains(
                    "DNS:*.shakedown.test, DNS:shakedown.test, DNS:localhost, IP Address:127.0.0.1, "
                        + "IP Address:0:0:0:0:0:0:0:1"
                )
            )
            #expect(server.contains("CA:FALSE"))
            #expect(server.contains("TLS Web Server Authentication"))
            #expect(!server.contains("TLS Web Client Authentication"))
            let intermediate = try OpenSSLCommand.run([
                "x509", "-noout", "-text", "-in", folder.appending(path: "ca-clients-intermediate.pem").path,
            ]).text
            #expect(intermediate.contains("CA:TRUE, pathlen:0"))
            #expect(intermediate.contains("Certificate Sign, CRL Sign"))
        }
    }

    @Test(
        "OpenSSL accepts every kind of key, as issuer and as issued",
        .enabled(if: OpenSSLCommand.isInstalled, "install openssl"),
        arguments: CertificateRecipe.Key.allCases
    )
    func keys(_ key: CertificateRecipe.Key) throws {
        // One key of the kind, since a long RSA key takes seconds to make: the root that has it is issued by itself.
        let recipes = """
            ca: { kind: ca, key: \(key.rawValue), subject: ca }
            leaf: { issuer: ca, subject: leaf, names: [leaf.test], usage: [server] }
            """
        try withTemporaryFolder { folder in
            try Mint(book: try RecipeBook(text: recipes, file: "keys.yaml")).writeAll(to: folder)
            let ca = folder.appending(path: "ca.pem").path
            for issued in ["ca", "leaf"] {
                let certificate = folder.appending(path: "\(issued).pem").path
                let answer = try OpenSSLCommand.run([
                    "verify", "-x509_strict", "-auth_level", "1", "-check_ss_sig", "-CAfile", ca, certificate,
                ])
                #expect(answer.status == 0, "\(answer.text)")
                let publicKey = try OpenSSLCommand.run(["x509", "-noout", "-pubkey", "-in", certificate])
                let key = folder.appending(path: "\(issued).key").path
                #expect(publicKey.text == (try OpenSSLCommand.run(["pkey", "-pubout", "-in", key]).text))
            }
        }
    }

    @Test("the chain ends before the root, and a self-signed certificate is its own chain")
    func chains() throws {
        let intermediate = try Self.mint.credential(for: "client-intermediate")
        #expect(Self.certificateCount(intermediate.chainPEM) == 2)
        #expect(intermediate.chainPEM.hasPrefix(intermediate.certificatePEM))
        #expect(intermediate.caPEM == (try Self.mint.credential(for: "ca-clients").certificatePEM))
        let selfSigned = try Self.mint.credential(for: "client-self-signed")
        #expect(selfSigned.chainPEM == selfSigned.certificatePEM)
        #expect(selfSigned.caPEM == selfSigned.certificatePEM)
    }

    @Test("the huge certificates are larger than a TLS record holds, and as large as their names say")
    func hugeCertificates() throws {
        #expect(try Self.mint.credential(for: "server-huge-san").leafDER.count > 16_384)
        #expect((30_000..<40_000).contains(try Self.mint.credential(for: "client-30-kb").leafDER.count))
        #expect((90_000..<100_000).contains(try Self.mint.credential(for: "client-90-kb").leafDER.count))
    }

    @Test(
        "an endpoint's certificate covers its names and no others, with the recipe's key",
        .enabled(if: OpenSSLCommand.isInstalled, "install openssl")
    )
    func ownNames() throws {
        let mint = try Self.mint
        let own = try mint.credential(for: "edge-server", names: ["*.a.shakedown.test", "x.y.a.shakedown.test"])
        let other = try mint.credential(for: "edge-server", names: ["b.shakedown.test"])
        #expect(own.keyPEM == other.keyPEM && own.leafDER != other.leafDER)
        try withTemporaryFolder { folder in
            try mint.writeAll(to: folder, names: ["ca-servers"])
            let leaf = folder.appending(path: "leaf.pem")
            try Data(own.certificatePEM.utf8).write(to: leaf)
            func accepts(_ name: String) throws -> Bool {
                try OpenSSLCommand.run([
                    "verify", "-CAfile", folder.appending(path: "ca-servers.pem").path, "-purpose", "sslserver",
                    "-verify_hostname", name, leaf.path,
                ]).status == 0
            }
            #expect(try accepts("shop.a.shakedown.test") && accepts("x.y.a.shakedown.test"))
            #expect(
                try !accepts("a.shakedown.test") && !accepts("b.shakedown.test") && !accepts("q.y.a.shakedown.test")
            )
        }
    }

    @Test("a recipe that says its own names keeps them, whoever it is for")
    func fixedNames() throws {
        let mint = try Self.mint
        let wrong = try mint.credential(for: "server-wrong-name", names: ["b.shakedown.test"])
        #expect(wrong == (try mint.credential(for: "server-wrong-name")))
    }

    @Test("a name is minted once, whoever asks first")
    func once() async throws {
        let mint = Mint(book: try RecipeBook(directory: Self.recipes))
        let minted = try await withThrowingTaskGroup(of: MintedCertificate.self) { group in
            for _ in 0..<8 { group.addTask { try mint.credential(for: "client-good") } }
            return try await group.reduce(into: Set<MintedCertificate>()) { $0.insert($1) }
        }
        #expect(minted.count == 1)
    }

    @Test("only the owner can read a key file, also when it is replaced")
    func keyFileMode() throws {
        try withTemporaryFolder { folder in
            let key = folder.appending(path: "client-good.key")
            try Data("old".utf8).write(to: key)
            let files = try Self.mint.writeAll(to: folder, names: ["client-good"])
            #expect(files.map(\.lastPathComponent) == ["client-good.pem", "client-good.chain.pem", "client-good.key"])
            let attributes = try FileManager.default.attributesOfItem(atPath: key.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try String(contentsOf: key, encoding: .utf8).hasPrefix("-----BEGIN "))
        }
    }

    @Test("the domain is the caller's")
    func domain() throws {
        let mint = Mint(book: try RecipeBook(directory: Self.recipes), domain: "edge.example")
        let text = String(decoding: try mint.credential(for: "edge-server").leafDER, as: UTF8.self)
        #expect(text.contains("*.edge.example"))
        #expect(!text.contains("shakedown.test"))
    }

    @Test("every shipped recipe can be minted")
    func everyRecipe() throws {
        let mint = try Self.mint
        for name in mint.book.names { #expect(!(try mint.credential(for: name).leafDER.isEmpty)) }
    }

    static let recipes = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Certs")
        .standardizedFileURL
    // Shared by all tests, because RSA keys take a while to make.
    private static let shared = Result { Mint(book: try RecipeBook(directory: Self.recipes)) }
    static var mint: Mint { get throws { try Self.shared.get() } }

    static func certificateCount(_ pem: String) -> Int {
        pem.components(separatedBy: "-----BEGIN CERTIFICATE-----").count - 1
    }
}

enum OpenSSLCommand {
    static let path = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isInstalled: Bool { self.path != nil }

    static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: try #require(self.path))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
