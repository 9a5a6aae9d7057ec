/// Cuts messages into records.
package enum RecordWriter {
    /// The records that carry `message`: cut at `cuts`, and wherever a record would carry more than `maximumLength`.
    ///
    /// Cuts are offsets in the message, in any order; those outside 1 to `message.count - 1` cut nothing. An empty
    /// message makes one empty record.
    package static func records(
        _ message: [UInt8],
        type: ContentType = .handshake,
        version: UInt16 = 0x0303,
        cuts: [Int] = [],
        maximumLength: Int = TLSRecord.maximumPlaintextLength
    ) -> [TLSRecord] {
        Self.pieces(of: message, cuts: cuts, maximumLength: maximumLength).map {
            TLSRecord(type: type, version: version, payload: $0)
        }
    }

    /// The pieces of `bytes` between `cuts`, none longer than `maximumLength`. Never an empty list.
    package static func pieces(of bytes: [UInt8], cuts: [Int], maximumLength: Int) -> [[UInt8]] {
        let inner = Set(cuts.filter { $0 > 0 && $0 < bytes.count }).sorted()
        let step = max(1, maximumLength)
        var pieces: [[UInt8]] = []
        var start = 0
        for end in inner + [bytes.count] {
            while end - start > step {
                pieces.append(Array(bytes[start..<start + step]))
                start += step
            }
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}
