import TLSWire

/// A first flight with its ClientHello found, so that the hello's records can be cut anew.
struct HelloStream {
    /// The ClientHello's records in the stream.
    struct Hello {
        /// The handshake message, with whatever else is in its last record.
        var message: [UInt8]
        var version: UInt16
        /// Where each of its records starts in the stream, and the length of its payload.
        var records: [(start: Int, length: Int)]

        var recordStarts: [Int] { self.records.map(\.start) }
        var range: Range<Int> {
            guard let first = self.records.first, let last = self.records.last else { return 0..<0 }
            return first.start..<last.start + TLSRecord.headerLength + last.length
        }

        /// Where a byte of the message is in the stream; for the end of the message, the end of its last record.
        func streamOffset(ofMessageByte offset: Int) -> Int? {
            var left = offset
            for (index, record) in self.records.enumerated() {
                if left < record.length || (left == record.length && index == self.records.count - 1) {
                    return record.start + TLSRecord.headerLength + left
                }
                left -= record.length
            }
            return nil
        }
    }

    private(set) var bytes: [UInt8]
    /// `nil` when there is no ClientHello in whole handshake records.
    private(set) var hello: Hello?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.hello = Self.find(in: bytes)
    }

    private static func find(in bytes: [UInt8]) -> Hello? {
        var reader = RecordReader(maximumPayloadLength: 65_535)
        reader.append(bytes)
        var hello = Hello(message: [], version: 0, records: [])
        while true {
            let start = reader.streamOffset
            // What breaks off or is not TLS holds no ClientHello to cut; the caller says so if a cut needs one. A hello
            // that announces more than there is (a length wrong on purpose) ends with its last record.
            guard let record = try? reader.next() else {
                return reader.pendingBytes.isEmpty && !hello.message.isEmpty ? hello : nil
            }
            guard record.type == .handshake else {
                // Other records may come before the hello, and none between its own.
                if hello.message.isEmpty { continue }
                return hello
            }
            if hello.message.isEmpty, record.payload.isEmpty { continue }
            if hello.records.isEmpty { hello.version = record.version }
            hello.records.append((start: start, length: record.payload.count))
            hello.message += record.payload
            guard hello.message.count >= 4 else { continue }
            let length = 4 + (Int(hello.message[1]) << 16 | Int(hello.message[2]) << 8 | Int(hello.message[3]))
            if hello.message.count >= length { return hello }
        }
    }

    /// Cuts the hello's records at offsets of its message, none longer than `maximumLength` (2^14 without one).
    mutating func recut(_ cuts: [Int], maximumLength: Int?) {
        guard let hello = self.hello else { return }
        let records = RecordWriter.records(
            hello.message,
            version: hello.version,
            cuts: cuts,
            maximumLength: maximumLength ?? TLSRecord.maximumPlaintextLength
        )
        self.bytes.replaceSubrange(hello.range, with: records.flatMap { $0.encoded() })
        self.hello = Self.find(in: self.bytes)
    }
}
