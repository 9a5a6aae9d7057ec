import Addresses
import EdgeServer
import FolderTesting
import Foundation
import LibCrypto
import Testing

@Suite("What a development edge keeps")
struct DevelopmentCredentialsTests {
    private typealias Change = DevelopmentCredentials.Change

    private static let now: Int64 = 1_800_000_000
    private static let day: Int64 = 86_400
    private static let files = ["ca.pem", "authtoken", "edge.pem", "agents.pem"]

    private let parent: TemporaryFolder
    private let folder: PrivateFolder

    init() throws {
        self.parent = try TemporaryFolder()
        self.folder = try PrivateFolder(self.parent.path("dev"))
    }

    private func start(
        at now: Int64 = now,
        domain: String = "shakedown.localhost",
        agents: IPAddress = .loopback
    ) throws -> DevelopmentCredentials {
        try DevelopmentCredentials(in: self.folder, baseDomain: domain, agents: agents, now: now)
    }

    private func contents() throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: self.folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try self.folder.read($0, isPrivate: false) ?? []) }
        )
    }

    private func certificate(_ name: String) throws -> [UInt8] {
        let file = try #require(try self.folder.read("\(name).pem", isPrivate: false))
        return try #require(try PEMBlock.blocks(of: file).first).contents
    }

    private func key(_ name: String) throws -> PrivateKey {
        let file = try #require(try self.folder.read("\(name).key", isPrivate: true))
        return try PrivateKey(.ecdsaP256, der: #require(try PEMBlock.blocks(of: file).first).contents)
    }

    @Test("the first start makes all of it, and nobody else may read what is secret")
    func fresh() throws {
        let credentials = try self.start()
        #expect(credentials.changes == Self.files.map { Change(file: $0, reason: nil) })
        let token = try #require(try self.folder.read("authtoken", isPrivate: true))
        #expect(token == Array("\(credentials.authtoken)\n".utf8))
        let authority = try CertificateAuthority(certificate: self.certificate("ca"), key: self.key("ca"))
        for name in ["edge", "agents"] {
            let certificate = try self.certificate(name)
            #expect(try authority.hasIssued(certificate), "\(name)")
            #expect(try self.key(name).isKey(of: certificate), "\(name)")
        }
        let edge = try CertificateFacts(der: self.certificate("edge"))
        #expect(edge.dnsNames == ["shakedown.localhost", "*.shakedown.localhost"])
        let agents = try CertificateFacts(der: self.certificate("agents"))
        #expect(agents.dnsNames == ["localhost"])
        #expect(agents.addresses == [IPAddress.loopback.bytes, IPAddress.loopback6.bytes])
        let end = try #require(try CertificateFacts(der: self.certificate("ca")).notAfter)
        for facts in [edge, agents] { #expect(try #require(facts.notAfter) <= end) }
    }

    @Test("two folders have nothing in common")
    func others() throws {
        let other = try PrivateFolder(self.parent.path("other"))
        let token = try DevelopmentCredentials(
            in: other,
            baseDomain: "shakedown.localhost",
            agents: .loopback,
            now: Self.now
        ).authtoken
        #expect(try self.start().authtoken != token)
        #expect(try self.folder.read("ca.key", isPrivate: true) != other.read("ca.key", isPrivate: true))
    }

    @Test("the next start, as long as all of it is good for a month yet, changes nothing")
    func kept() throws {
        let first = try self.start()
        let before = try self.contents()
        let days = DevelopmentCredentials.certificateDays - DevelopmentCredentials.reserveDays
        for later in [0, days * Self.day] {
            let next = try self.start(at: Self.now + later)
            #expect(next.changes.isEmpty)
            #expect(next.authtoken == first.authtoken)
            #expect(try self.contents() == before)
        }
    }

    @Test("a certificate that is about to end is made anew, and the CA and the authtoken are as before")
    func ending() throws {
        let first = try self.start()
        let before = try self.contents()
        let days = DevelopmentCredentials.certificateDays - DevelopmentCredentials.reserveDays
        let next = try self.start(at: Self.now + days * Self.day + 1)
        // 1,800,000,000 is 2027-01-15.
        #expect(next.changes == ["edge.pem", "agents.pem"].map { Change(file: $0, reason: "ends on 2027-04-15") })
        #expect(next.authtoken == first.authtoken)
        let after = try self.contents()
        for name in ["ca.pem", "ca.key", "authtoken"] { #expect(after[name] == before[name], "\(name)") }
        for name in ["edge.pem", "edge.key", "agents.pem", "agents.key"] { #expect(after[name] != before[name]) }
    }

    @Test("a CA that ends before what it would issue is made anew with all that it has issued", arguments: [-90, 100])
    func expired(days: Int64) throws {
        let first = try self.start()
        let now = Self.now + (DevelopmentCredentials.authorityDays + days) * Self.day + 1
        let next = try self.start(at: now)
        #expect(
            next.changes == [
                Change(file: "ca.pem", reason: "\(days < 0 ? "ends" : "ended") on 2029-01-14"),
                Change(file: "edge.pem", reason: "is another CA's"),
                Change(file: "agents.pem", reason: "is another CA's"),
            ]
        )
        #expect(next.authtoken == first.authtoken)
        #expect(try self.start(at: now).changes.isEmpty)
    }

    @Test("what is for other names is made anew")
    func otherNames() throws {
        _ = try self.start()
        let moved = try self.start(agents: .v4(0x7f00_0002))
        #expect(moved.changes == [Change(file: "agents.pem", reason: "is for other names")])
        let addresses = try CertificateFacts(der: self.certificate("agents")).addresses
        #expect(addresses.contains([127, 0, 0, 2]))
        let renamed = try self.start(domain: "edge.test", agents: .v4(0x7f00_0002))
        #expect(
            renamed.changes == [
                Change(file: "ca.pem", reason: "is for other names"),
                Change(file: "edge.pem", reason: "is another CA's"),
                Change(file: "agents.pem", reason: "is another CA's"),
            ]
        )
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let file: String
        /// `nil` removes it.
        let contents: String?
        let change: String
        let reason: String?
        var testDescription: String { "\(self.file): \(self.contents ?? "gone")" }
    }

    @Test(
        "what was damaged is made anew",
        arguments: [
            Damage(file: "edge.key", contents: nil, change: "edge.pem", reason: "is without its key"),
            Damage(file: "edge.pem", contents: nil, change: "edge.pem", reason: "is without its key"),
            Damage(file: "edge.pem", contents: "", change: "edge.pem", reason: "cannot be read"),
            Damage(
                file: "agents.key",
                contents: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                change: "agents.pem",
                reason: "cannot be read"
            ),
            Damage(file: "authtoken", contents: nil, change: "authtoken", reason: nil),
            Damage(file: "authtoken", contents: "\n", change: "authtoken", reason: "is not as it was made"),
            Damage(file: "authtoken", contents: "dev_a b", change: "authtoken", reason: "is not as it was made"),
        ]
    )
    func damaged(_ damage: Damage) throws {
        _ = try self.start()
        if let contents = damage.contents {
            try self.folder.write(contents, to: damage.file, isPrivate: true)
        } else {
            try FileManager.default.removeItem(atPath: self.folder.file(damage.file))
        }
        #expect(try self.start().changes == [Change(file: damage.change, reason: damage.reason)])
        #expect(try self.start().changes.isEmpty)
    }

    @Test("a certificate of another key, as a start that was cut short leaves it, is made anew")
    func cutShort() throws {
        _ = try self.start()
        try self.folder.write(PrivateKey(.ecdsaP256).pem, to: "ca.key", isPrivate: true)
        #expect(try self.start().changes.first == Change(file: "ca.pem", reason: "is not of the key beside it"))
    }

    @Test("what is not valid yet, since a clock was wrong, is made anew")
    func early() throws {
        _ = try self.start(at: Self.now + 10 * Self.day)
        #expect(try self.start().changes.first == Change(file: "ca.pem", reason: "is not valid yet"))
    }
}
