/// Collects four bytes that may arrive one by one: a stream's type, or a heartbeat.
package struct WordReader: Hashable, Sendable {
    private var word: UInt32 = 0
    private var byteCount = 0

    package init() {}

    /// Bytes still missing; what is beyond them belongs to the stream.
    package var missing: Int { 4 - self.byteCount }

    /// Whether some bytes of a word have come, but not all.
    package var isPartial: Bool { self.byteCount > 0 }

    /// Takes one byte and returns the word it completes, if it does; the next byte then begins another.
    package mutating func append(_ byte: UInt8) -> UInt32? {
        self.word = self.word << 8 | UInt32(byte)
        self.byteCount += 1
        guard self.byteCount == 4 else { return nil }
        defer { self = WordReader() }
        return self.word
    }
}
