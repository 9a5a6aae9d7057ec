import LibCrypto
import Testing

@Suite("Private keys")
struct PrivateKeyTests {
    @Test(
        "of others tell what kind they are",
        arguments: [.ecdsaP256, .ecdsaP384, .ecdsaP521, .ed25519, .rsa(bits: 2048)] as [PrivateKey.Kind]
    )
    func kinds(_ kind: PrivateKey.Kind) throws {
        let block = try #require(try PEMBlock.blocks(of: Array(PrivateKey(kind).pem.utf8)).first)
        #expect(try PrivateKey(der: block.contents).kind == kind)
    }

    @Test("are not read from anything else", arguments: [[], [0x30, 0x00], Array("a key".utf8)] as [[UInt8]])
    func noKey(_ bytes: [UInt8]) throws {
        let error = try #require(throws: CryptoError.self) { try PrivateKey(der: bytes) }
        #expect(error.code == .noKey)
    }
}
