import LibCrypto
import Testing

@Suite("A sealed box")
struct SealedBoxTests {
    private let key = [UInt8](0..<32)
    private let context = Array("certificate cert_1".utf8)
    private let plaintext = Array("a private key".utf8)

    struct Vector: Sendable {
        let key: String
        let nonce: String
        let context: String
        let plaintext: String
        let ciphertext: String
        let tag: String
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13, 14 and 16.
    static let vectors = [
        Vector(
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            context: "",
            plaintext: "",
            ciphertext: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            context: "",
            plaintext: "00000000000000000000000000000000",
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext:
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39",
            ciphertext:
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test("opens what the authors of GCM have sealed", arguments: SealedBoxTests.vectors)
    func vector(_ vector: Vector) throws {
        let box = SealedBox(bytes: try Self.bytes(vector.nonce + vector.ciphertext + vector.tag))
        let opened = try box.opened(key: Self.bytes(vector.key), context: Self.bytes(vector.context))
        #expect(try opened == Self.bytes(vector.plaintext))
    }

    @Test("gives back what was put in, of any length", arguments: [0, 1, 15, 16, 17, 100_000])
    func roundTrip(length: Int) throws {
        let plaintext = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let box = try SealedBox(sealing: plaintext, key: self.key, context: self.context)
        #expect(try SealedBox(bytes: box.bytes).opened(key: self.key, context: self.context) == plaintext)
    }

    @Test("is another each time, since a nonce that comes twice gives the key away")
    func nonces() throws {
        let boxes = try (0..<100)
            .map { _ in try SealedBox(sealing: self.plaintext, key: self.key, context: self.context) }
        #expect(Set(boxes.map { Array($0.bytes.prefix(12)) }).count == boxes.count)
    }

    @Test("does not open when a single bit of it is another, or when some of it is missing")
    func damage() throws {
        let box = try SealedBox(sealing: self.plaintext, key: self.key, context: self.context).bytes
        for index in box.indices {
            var changed = box
            changed[index] ^= 1 << (index % 8)
            #expect(self.isRefused(changed), "byte \(index) is another")
            #expect(self.isRefused(Array(box.prefix(index))), "\(index) bytes are there")
        }
        #expect(self.isRefused(box + [0]))
    }

    @Test("does not open with another key, or in another's place")
    func strangers() throws {
        let box = try SealedBox(sealing: self.plaintext, key: self.key, context: self.context).bytes
        #expect(self.isRefused(box, key: [1] + self.key.dropFirst()))
        #expect(self.isRefused(box, context: Array("certificate cert_2".utf8)))
        #expect(self.isRefused(box, context: []))
        #expect(!self.isRefused(box))
    }

    /// Whether a box does not open, for the reason that it is not what was sealed.
    private func isRefused(_ bytes: [UInt8], key: [UInt8]? = nil, context: [UInt8]? = nil) -> Bool {
        do throws(CryptoError) {
            _ = try SealedBox(bytes: bytes).opened(key: key ?? self.key, context: context ?? self.context)
            return false
        } catch {
            return error.code == .notSealed
        }
    }

    private static func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = try hexadecimal.map { try #require($0.hexDigitValue) }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
