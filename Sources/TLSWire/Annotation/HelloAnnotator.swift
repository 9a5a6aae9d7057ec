/// Explains the first bytes of a client, good, broken or cut short, as far as they can be read.
package enum HelloAnnotator {
    /// Records, and in them the ClientHello's fields; in the order of the bytes.
    ///
    /// Records come with their headers' fields one level deeper. The message that they carry follows the last of them.
    /// Records behind a whole ClientHello are named and not opened. Where something cannot be read, a field named `malformed: …` covers the rest of it.
    package static func annotate(_ stream: [UInt8]) -> [AnnotatedField] {
        var walk = RecordWalk()
        walk.run(stream)
        guard !walk.message.isEmpty else { return walk.fields }
        var hello = HelloWalk(message: walk.message, origins: walk.origins)
        hello.run()
        return walk.fields + hello.fields
    }
}

/// The records of a stream, and the handshake message they carry.
private struct RecordWalk {
    private(set) var fields: [AnnotatedField] = []
    private(set) var message: [UInt8] = []
    /// Where in the stream each byte of the message is.
    private(set) var origins: [Int] = []
    /// How long the message will be, once that is known.
    private var messageLength: Int? {
        guard self.message.count >= 4 else { return nil }
        return 4 + (Int(self.message[1]) << 16 | Int(self.message.span.uint16(at: 2)))
    }

    private var isComplete: Bool { self.messageLength.map { self.message.count >= $0 } ?? false }

    mutating func run(_ stream: [UInt8]) {
        switch OpeningRecognizer.recognize(stream) {
        case .notTLS(let other):
            self.add("malformed: not TLS", 0..<stream.count, "looks like \(other)", 0)
            return
        case .undecided where stream.count > 1:
            self.add("malformed: not TLS", 0..<stream.count, "cut short", 0)
            return
        case .tls, .undecided: break
        }
        var offset = 0
        while offset < stream.count {
            guard stream.count - offset >= TLSRecord.headerLength else {
                self.add("malformed: truncated record header", offset..<stream.count, hexadecimal(stream[offset...]), 0)
                return
            }
            offset = self.record(stream, at: offset)
        }
    }

    /// Reads one record whose header is there, and gives where the next one starts.
    private mutating func record(_ stream: [UInt8], at start: Int) -> Int {
        let type = ContentType(rawValue: stream[start])
        let version = stream.span.uint16(at: start + 1)
        let length = Int(stream.span.uint16(at: start + 3))
        let payload = start + TLSRecord.headerLength
        let end = min(stream.count, payload + length)
        self.add("TLSPlaintext", start..<end, "\(type), \(length) bytes", 0)
        if self.isComplete { return end }
        self.add("type", start..<start + 1, "\(type) (\(type.rawValue))", 1)
        self.add("legacy_record_version", start + 1..<start + 3, VersionName.name(of: version), 1)
        self.add("length", start + 3..<start + 5, "\(length)", 1)
        if length > TLSRecord.maximumPlaintextLength {
            self.add("malformed: record longer than 2^14", start + 3..<start + 5, "\(length)", 1)
        }
        if type == .handshake, length == 0 {
            self.add("malformed: empty handshake record", start..<payload, "", 1)
        }
        switch type {
        case .handshake: self.takeHandshake(stream, payload..<end)
        case .alert where end - payload == 2:
            let alert = Alert(levelByte: stream[payload], code: AlertDescription(rawValue: stream[payload + 1]))
            self.add("Alert", payload..<end, "\(alert)", 1)
        default: self.add("fragment", payload..<end, hexadecimal(stream[payload..<end]), 1)
        }
        if end < payload + length {
            self.add("malformed: truncated record", end..<end, "\(payload + length - end) bytes are missing", 1)
        }
        return end
    }

    private mutating func takeHandshake(_ stream: [UInt8], _ range: Range<Int>) {
        var taken = range.lowerBound
        while taken < range.upperBound {
            if self.isComplete { break }
            self.message.append(stream[taken])
            self.origins.append(taken)
            taken += 1
        }
        self.add("fragment", range.lowerBound..<taken, "\(taken - range.lowerBound) bytes of the ClientHello", 1)
        if taken < range.upperBound {
            let rest = taken..<range.upperBound
            self.add("malformed: bytes after the ClientHello", rest, hexadecimal(stream[rest]), 1)
        }
    }

    private mutating func add(_ name: String, _ range: Range<Int>, _ value: String, _ depth: Int) {
        self.fields.append(AnnotatedField(name: name, range: range, value: value, depth: depth))
    }
}

/// Lower-case digits, the first 32 bytes.
func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let shown = bytes.prefix(32).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return shown.joined() + (bytes.count > 32 ? "… (\(bytes.count) bytes)" : "")
}
