/// Cuts a stream into records, whatever segments it comes in. Take the records out after every append:
/// then it holds no more than one record and what was appended last.
package struct RecordReader: Sendable {
    /// The longest payload that is accepted, in bytes.
    package let maximumPayloadLength: Int
    /// Where the next record starts in the stream.
    package private(set) var streamOffset = 0
    private var buffer: [UInt8] = []
    /// How much of `buffer` was given out already.
    private var taken = 0

    package init(maximumPayloadLength: Int = TLSRecord.maximumCiphertextLength) {
        self.maximumPayloadLength = maximumPayloadLength
    }

    package mutating func append(_ bytes: Span<UInt8>) {
        if self.taken > 0 {
            self.buffer.removeFirst(self.taken)
            self.taken = 0
        }
        self.buffer.append(contentsOf: bytes)
    }

    package mutating func append(_ bytes: [UInt8]) { self.append(bytes.span) }

    /// Bytes that are not a whole record yet.
    package var pendingBytes: [UInt8] { Array(self.buffer[self.taken...]) }

    /// The next whole record; `nil` when more bytes are needed.
    ///
    /// Throws as soon as a header is there that cannot be right: a major version other than 3, or more than
    /// ``maximumPayloadLength``. The stream cannot be read any further then, and every later call throws the same.
    package mutating func next() throws(WireError) -> TLSRecord? {
        let available = self.buffer.count - self.taken
        guard available >= 2 else { return nil }
        let type = ContentType(rawValue: self.buffer[self.taken])
        guard self.buffer[self.taken + 1] == 3 else {
            throw WireError(
                .badRecordVersion,
                field: "legacy_record_version",
                offset: self.streamOffset + 1,
                detail: "major version \(self.buffer[self.taken + 1])"
            )
        }
        guard available >= TLSRecord.headerLength else { return nil }
        let header = self.buffer.uint16s(in: self.taken + 1..<self.taken + TLSRecord.headerLength)
        let length = Int(header[1])
        guard length <= self.maximumPayloadLength else {
            throw WireError(
                .recordTooLong,
                field: "TLSPlaintext.length",
                offset: self.streamOffset + 3,
                detail: "\(length) bytes, where \(self.maximumPayloadLength) are allowed"
            )
        }
        let end = self.taken + TLSRecord.headerLength + length
        guard self.buffer.count >= end else { return nil }
        let payload = Array(self.buffer[self.taken + TLSRecord.headerLength..<end])
        self.streamOffset += end - self.taken
        self.taken = end
        return TLSRecord(type: type, version: header[0], payload: payload)
    }
}

extension [UInt8] {
    mutating func append(contentsOf bytes: Span<UInt8>) {
        self.append(addingCapacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }
}
