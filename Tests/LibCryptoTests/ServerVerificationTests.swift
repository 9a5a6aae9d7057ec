import CredentialTesting
import LibCrypto
import Testing

@Suite("A server's certificate, by OpenSSL")
struct ServerVerificationTests {
    private let root: TestAuthority
    private let issuing: TestAuthority
    private let leaf: TestAuthority.Issued
    private let chain: [[UInt8]]

    init() throws {
        self.root = try TestAuthority(name: "Root")
        self.issuing = try self.root.authority("Issuing CA")
        self.leaf = try self.issuing.issue(["edge.example.com"])
        self.chain = [try self.leaf.der, try Self.der(self.issuing)]
    }

    private static func der(_ authority: TestAuthority) throws -> [UInt8] {
        try PEMBlock.blocks(of: Array(authority.certificatePEM.utf8))[0].contents
    }

    private func failure(
        _ list: [UInt8]?,
        trusting root: TestAuthority? = nil,
        address: String? = nil
    ) throws -> ServerVerification.Failure? {
        try ServerVerification(
            roots: [try Self.der(root ?? self.root)],
            lists: try list.map { try RevocationLists($0) },
            address: address
        ).failure(of: self.chain)
    }

    @Test("is believed below a root by what the server sends, and not without a root")
    func trust() throws {
        #expect(try self.failure(nil) == nil)
        guard case .untrusted = try self.failure(nil, trusting: try TestAuthority(name: "Other")) else {
            Issue.record("a stranger's certificate is believed")
            return
        }
    }

    @Test("is not believed once its CA has revoked it, and is where the CA has revoked others")
    func revoked() throws {
        let other = try self.issuing.issue(["other.example.com"])
        #expect(try self.failure(try self.issuing.revocationList()) == nil)
        #expect(try self.failure(try self.issuing.revocationList(of: [other])) == nil)
        #expect(try self.failure(try self.issuing.revocationList(of: [other, self.leaf])) == .revoked)
    }

    @Test("is not believed by a list that is out of date, another CA's, or signed by another")
    func unusable() throws {
        let day = 86_400.0
        #expect(
            try self.failure(try self.issuing.revocationList(from: -3 * day, to: -day))
                == .unusableList("a newer one was due by now")
        )
        #expect(
            try self.failure(try self.issuing.revocationList(from: day, to: 2 * day))
                == .unusableList("it is not valid yet")
        )
        #expect(try self.failure(try self.root.revocationList()) == .unusableList("it is another CA's"))
        #expect(
            try self.failure(try self.issuing.revocationList(signer: self.root))
                == .unusableList("its signature is not the CA's")
        )
    }

    @Test("is for an address only where it says so")
    func address() throws {
        #expect(try self.failure(nil, address: "192.0.2.1") == .otherAddress)
    }

    @Test("lists are read in DER and in PEM, several in one file, and nothing else is one")
    func lists() throws {
        let first = try self.issuing.revocationList(of: [self.leaf])
        let second = try self.root.revocationList()
        let pem = try [second, first].map { try PEMBlock(label: "X509 CRL", contents: $0).text }.joined()
        let verification = ServerVerification(
            roots: [try Self.der(self.root)],
            lists: try RevocationLists(Array(pem.utf8))
        )
        #expect(try verification.failure(of: self.chain) == .revoked)
        for bytes in [[], Array("<html>".utf8), Array(first.dropLast()), first + [0], try self.leaf.der] {
            #expect(throws: CryptoError.self) { try RevocationLists(bytes) }
        }
    }
}
