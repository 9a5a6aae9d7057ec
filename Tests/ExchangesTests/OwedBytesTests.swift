import Testing

@testable import Exchanges

@Suite("What the other side owes")
struct OwedBytesTests {
    private static let payload = 100_000

    /// A line, a payload and another line, and all their bytes.
    private static func make() -> (owed: OwedBytes, bytes: [UInt8]) {
        var owed = OwedBytes()
        owed.add(Array("one\n".utf8))
        owed.add(Payload(seed: 7, count: Self.payload))
        owed.add(Array("two\n".utf8))
        var bytes = Array("one\n".utf8)
        var payload = Payload(seed: 7, count: Self.payload)
        while let block = payload.next() { bytes += block }
        return (owed, bytes + Array("two\n".utf8))
    }

    @Test("is settled in pieces of any size", arguments: [1, 3, 65_536, 1_000_000])
    func pieces(size: Int) {
        var (owed, bytes) = Self.make()
        #expect(owed.count == bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let isOwed = owed.settle(rest.prefix(size))
            #expect(isOwed)
            rest = rest.dropFirst(size)
        }
        #expect(owed.count == 0)
        let isMore = owed.settle([0])
        #expect(!isMore, "more came than was owed")
    }

    @Test("a changed byte is noticed wherever it is", arguments: [0, 4, 70_000, 100_005])
    func changed(place: Int) {
        var (owed, bytes) = Self.make()
        bytes[place] ^= 1
        let isOwed = owed.settle(bytes[...])
        #expect(!isOwed)
    }
}
