import Exchanges
import Testing

@Suite("Payload")
struct PayloadTests {
    private func bytes(seed: UInt64, count: Int) -> [UInt8] {
        var payload = Payload(seed: seed, count: count)
        var bytes: [UInt8] = []
        while let block = payload.next() { bytes.append(contentsOf: block) }
        return bytes
    }

    @Test("has exactly the length that was asked for", arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func length(_ count: Int) {
        #expect(self.bytes(seed: 7, count: count).count == count)
    }

    @Test("is the same for the same seed, and another for another")
    func seeds() {
        #expect(self.bytes(seed: 1, count: 70_000) == self.bytes(seed: 1, count: 70_000))
        #expect(Payload.digest(seed: 1, count: 70_000) != Payload.digest(seed: 2, count: 70_000))
    }

    @Test("a longer payload begins like a shorter one")
    func prefix() {
        let long = self.bytes(seed: 3, count: 140_000)
        #expect(Array(long[..<100_000]) == self.bytes(seed: 3, count: 100_000))
    }

    @Test("no two blocks are alike, so that a repeated block is found out")
    func blocks() {
        var payload = Payload(seed: 5, count: nil)
        #expect(payload.next() != payload.next())
    }

    @Test("the two directions of a transfer differ")
    func directions() {
        #expect(PayloadDirection.up.seed(9) != PayloadDirection.down.seed(9))
    }
}
