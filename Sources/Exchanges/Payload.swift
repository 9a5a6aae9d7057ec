import Legs

/// The bytes of a transfer: pseudo-random, and the same for the same seed on both ends.
///
/// One block of 64 KiB is made from the seed; every block of the stream is that block with its own number mixed into the
/// first eight bytes. A lost, repeated or exchanged block changes the digest, and making a stream costs a copy.
package struct Payload: Sendable {
    package static let blockSize = 64 * 1024

    /// How many bytes are still to come; `nil` has no end.
    package private(set) var remaining: Int?
    private let block: [UInt8]
    private var number: UInt64 = 0

    package init(seed: UInt64, count: Int?) {
        self.remaining = count
        var state = seed
        var block: [UInt8] = []
        // What is shorter than a block needs no whole one: a hello's random is 64 bytes.
        let size = count.map { min(Self.blockSize, max($0, 8)) } ?? Self.blockSize
        block.reserveCapacity(size + 8)
        while block.count < size {
            // SplitMix64 (Steele, Lea and Flood 2014): two multiplications for eight bytes.
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            word ^= word >> 31
            for shift in stride(from: 0, to: 64, by: 8) {
                block.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        self.block = block
    }

    /// The next block, the last one shortened to what remains; `nil` at the end.
    package mutating func next() -> [UInt8]? {
        if self.remaining == 0 { return nil }
        var bytes = self.block
        for index in 0..<8 {
            bytes[index] ^= UInt8(truncatingIfNeeded: self.number >> UInt64(index * 8))
        }
        self.number += 1
        if let remaining = self.remaining {
            if remaining < bytes.count { bytes.removeLast(bytes.count - remaining) }
            self.remaining = remaining - bytes.count
        }
        return bytes
    }

    /// SHA-256 of a whole payload, in lower-case hexadecimal.
    package static func digest(seed: UInt64, count: Int) -> String {
        var payload = Payload(seed: seed, count: count)
        var recorder = StreamRecorder(excerptLimit: 0)
        while let block = payload.next() { recorder.record(block) }
        return recorder.digest
    }
}

/// The two payloads of a transfer come from two seeds, so that an edge which crosses its directions is found out.
package enum PayloadDirection: UInt64, Sendable {
    case up = 0x7570
    case down = 0x646f_776e

    package func seed(_ seed: UInt64) -> UInt64 { seed ^ (self.rawValue &* 0x9e37_79b9_7f4a_7c15) }
}
