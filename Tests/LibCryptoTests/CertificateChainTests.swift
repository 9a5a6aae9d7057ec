import CertificateRecipes
import Foundation
import LibCrypto
import Testing

@Suite("Chains of certificates")
struct CertificateChainTests {
    /// The server's own, the intermediate's and the root's.
    private let own: [UInt8]
    private let intermediate: [UInt8]
    private let root: [UInt8]

    init() throws {
        let keys = try (0..<3).map { _ in try PrivateKey(.ecdsaP256) }
        func certificate(
            _ subject: String,
            of key: PrivateKey,
            by issuer: String,
            _ signer: PrivateKey
        ) throws -> [UInt8] {
            try CertificateContents(
                issuer: DistinguishedName(.commonName(issuer)),
                subject: DistinguishedName(.commonName(subject)),
                notBefore: Date(timeIntervalSince1970: 1_800_000_000),
                notAfter: Date(timeIntervalSince1970: 1_900_000_000),
                publicKey: try key.publicKey,
                extensions: []
            ).signed(with: signer)
        }
        self.own = try certificate("own", of: keys[0], by: "intermediate", keys[1])
        self.intermediate = try certificate("intermediate", of: keys[1], by: "root", keys[2])
        self.root = try certificate("root", of: keys[2], by: "root", keys[2])
    }

    @Test("are in order where each key signed the one before, with the root or without")
    func inOrder() throws {
        #expect(try CertificateChain.firstThatDidNotSign([]) == nil)
        #expect(try CertificateChain.firstThatDidNotSign([self.own]) == nil)
        #expect(try CertificateChain.firstThatDidNotSign([self.own, self.intermediate]) == nil)
        #expect(try CertificateChain.firstThatDidNotSign([self.own, self.intermediate, self.root]) == nil)
    }

    @Test("name the first that is out of order")
    func outOfOrder() throws {
        #expect(try CertificateChain.firstThatDidNotSign([self.own, self.root, self.intermediate]) == 1)
        #expect(try CertificateChain.firstThatDidNotSign([self.own, self.intermediate, self.own]) == 2)
        #expect(try CertificateChain.firstThatDidNotSign([self.root, self.intermediate, self.own]) == 1)
    }
}
