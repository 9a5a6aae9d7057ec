import LibCrypto
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    struct Vector: Sendable {
        let message: [UInt8]
        let digest: String
    }

    /// NIST's examples of FIPS 180-4, and the empty message.
    static let vectors = [
        Vector(message: [], digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Vector(message: Array("abc".utf8), digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Vector(
            message: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        Vector(
            message: Array(repeating: UInt8(ascii: "a"), count: 1_000_000),
            digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test("is what NIST says, at once and in pieces of any size", arguments: SHA256Tests.vectors)
    func matches(_ vector: Vector) {
        #expect(Self.hexadecimal(SHA256.digest(of: vector.message)) == vector.digest)
        for size in [1, 63, 64, 65, 4096] where vector.message.count / size < 20_000 {
            var hash = SHA256()
            for start in stride(from: 0, to: vector.message.count, by: size) {
                hash.update(Array(vector.message[start..<min(start + size, vector.message.count)]))
            }
            #expect(Self.hexadecimal(hash.digest) == vector.digest, "in pieces of \(size)")
        }
    }

    @Test("a copy goes its own way, and reading a digest ends nothing")
    func copies() {
        var first = SHA256()
        first.update(Array("ab".utf8))
        var second = first
        #expect(first.digest == second.digest)
        first.update(Array("c".utf8))
        second.update(Array("d".utf8))
        #expect(first.digest == SHA256.digest(of: Array("abc".utf8)))
        #expect(second.digest == SHA256.digest(of: Array("abd".utf8)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
