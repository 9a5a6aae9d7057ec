/// Reads a ClientHello from the first bytes of a stream, over any number of records and segments.
///
/// Every byte is looked at once, so a hello that drips in costs what a whole one costs. An error comes at the first byte
/// that makes the hello impossible, whatever the segmentation, and stays: every later append throws it again.
///
/// Strictness beyond the grammar, where the RFCs leave a choice: another handshake message in the hello's last record
/// is refused (nobody may send one before an answer); a TLS 1.3 hello with more compression methods than null is left
/// to the terminator.
package struct ClientHelloReader: Sendable {
    package struct Limits: Hashable, Sendable {
        /// The longest handshake message that is read, its four-byte header included, in bytes. 64 KiB: the largest
        /// hellos seen in the wild are near 20 KB, and Go's and rustls' limit is the same.
        package var maximumHelloLength = 65_536
        /// The most that one record may carry, in bytes (RFC 9846 section 5.1).
        package var maximumRecordLength = TLSRecord.maximumPlaintextLength
        /// Handshake records without bytes that are tolerated; the RFC forbids them all.
        package var maximumEmptyRecords = 0
        package init() {}
    }

    package enum Progress: Hashable, Sendable {
        case needsMore
        case complete(ClientHello)
    }

    private enum State {
        /// In a record header, of which so many bytes are in `header`.
        case header(Int)
        /// In a record's payload, of which so many bytes are still to come.
        case payload(Int)
        case complete(ClientHello)
        case failed(WireError)
    }

    package let limits: Limits
    /// How much of the stream belongs to the hello. When it is complete, this is just after its last record: whatever
    /// was appended beyond is early data or another record, and stays the caller's to replay.
    package private(set) var bytesConsumed = 0

    private var state = State.header(0)
    private var header: InlineArray<5, UInt8> = [0, 0, 0, 0, 0]
    private var recordVersion: UInt16?
    private var message: [UInt8] = []
    /// The length of the whole message, once its header is here.
    private var messageLength: Int?
    private var emptyRecords = 0
    /// Where the current record's payload starts in the message, and the payload lengths of the records before it: what
    /// it takes to say where in the stream a byte of the message was. Empty for a hello in one record.
    private var fragmentLengths: [UInt16] = []
    private var currentFragmentLength = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Takes the next bytes of the stream.
    ///
    /// Bytes beyond the hello's last record are not taken, see ``bytesConsumed``.
    package mutating func append(_ bytes: Span<UInt8>) throws(WireError) -> Progress {
        var offset = 0
        while true {
            switch self.state {
            case .header(let count):
                guard offset < bytes.count else { return .needsMore }
                self.header[count] = bytes[offset]
                offset += 1
                self.bytesConsumed += 1
                try self.checkHeader(upTo: count + 1)
            case .payload(let remaining):
                guard offset < bytes.count else { return .needsMore }
                let count = min(remaining, bytes.count - offset)
                try self.takePayload(bytes.extracting(offset..<offset + count), of: remaining)
                offset += count
            case .complete(let hello): return .complete(hello)
            case .failed(let error): throw error
            }
        }
    }

    /// Takes the next bytes of the stream.
    package mutating func append(_ bytes: [UInt8]) throws(WireError) -> Progress {
        try self.append(bytes.span)
    }

    private mutating func fail(_ error: WireError) -> WireError {
        self.state = .failed(error)
        self.message = []
        self.fragmentLengths = []
        return error
    }

    private mutating func checkHeader(upTo count: Int) throws(WireError) {
        let at = self.bytesConsumed - 1
        self.state = .header(count)
        switch count {
        case 1:
            let type = ContentType(rawValue: self.header[0])
            guard type == .handshake else {
                throw self.fail(
                    WireError(
                        .unexpectedRecordType,
                        field: "TLSPlaintext.type",
                        offset: at,
                        detail: "\(type) where handshake is due"
                    )
                )
            }
        case 2:
            guard self.header[1] == 3 else {
                throw self.fail(
                    WireError(
                        .badRecordVersion,
                        field: "legacy_record_version",
                        offset: at,
                        detail: "major version \(self.header[1])"
                    )
                )
            }
        case 5: try self.startRecord(length: Int(self.header[3]) << 8 | Int(self.header[4]), lengthAt: at - 1)
        default: break
        }
    }

    private mutating func startRecord(length: Int, lengthAt: Int) throws(WireError) {
        if self.recordVersion == nil { self.recordVersion = UInt16(self.header[1]) << 8 | UInt16(self.header[2]) }
        guard length <= self.limits.maximumRecordLength else {
            throw self.fail(
                WireError(
                    .recordTooLong,
                    field: "TLSPlaintext.length",
                    offset: lengthAt,
                    detail: "\(length) bytes, where \(self.limits.maximumRecordLength) are allowed"
                )
            )
        }
        guard length > 0 else {
            self.emptyRecords += 1
            guard self.emptyRecords <= self.limits.maximumEmptyRecords else {
                throw self.fail(
                    WireError(
                        .emptyRecord,
                        field: "TLSPlaintext.length",
                        offset: lengthAt,
                        detail: "a record without bytes"
                    )
                )
            }
            self.fragmentLengths.append(0)
            self.state = .header(0)
            return
        }
        self.currentFragmentLength = length
        self.state = .payload(length)
    }

    /// Takes bytes of the current record, of which `remaining` are still to come. Stops at the message's end.
    private mutating func takePayload(_ bytes: Span<UInt8>, of remaining: Int) throws(WireError) {
        var taken = 0
        while self.messageLength == nil, taken < bytes.count {
            self.message.append(bytes[taken])
            taken += 1
            self.bytesConsumed += 1
            try self.checkMessageHeader()
        }
        if let messageLength = self.messageLength {
            let count = min(bytes.count - taken, messageLength - self.message.count)
            self.message.append(contentsOf: bytes.extracting(taken..<taken + count))
            taken += count
            self.bytesConsumed += count
            if self.message.count == messageLength {
                try self.finish(leftInRecord: remaining - taken)
                return
            }
        }
        if taken < remaining {
            self.state = .payload(remaining - taken)
        } else {
            self.fragmentLengths.append(UInt16(self.currentFragmentLength))
            self.state = .header(0)
        }
    }

    private mutating func checkMessageHeader() throws(WireError) {
        switch self.message.count {
        case 1:
            guard self.message[0] == 1 else {
                throw self.fail(
                    WireError(
                        .unexpectedHandshakeType,
                        field: "msg_type",
                        offset: self.bytesConsumed - 1,
                        detail: "type \(self.message[0]) is no client_hello"
                    )
                )
            }
        case 4:
            let length = Int(self.message[1]) << 16 | Int(self.message.span.uint16(at: 2))
            guard length + ClientHelloLayout.handshakeHeaderLength <= self.limits.maximumHelloLength else {
                let start = self.streamOffset(ofMessageByte: 1)
                throw self.fail(
                    WireError(
                        .messageTooLong,
                        field: "length",
                        offset: start,
                        detail: "\(length) bytes after the header, where the whole message may have "
                            + "\(self.limits.maximumHelloLength)"
                    )
                )
            }
            self.messageLength = length + ClientHelloLayout.handshakeHeaderLength
        default: break
        }
    }

    private mutating func finish(leftInRecord: Int) throws(WireError) {
        let hello: ClientHello
        do {
            hello = try ClientHello(message: self.message, recordVersion: self.recordVersion ?? 0)
        } catch {
            var moved = error
            moved.offset = self.streamOffset(ofMessageByte: error.offset)
            throw self.fail(moved)
        }
        guard leftInRecord == 0 else {
            throw self.fail(
                WireError(
                    .bytesAfterMessage,
                    field: "TLSPlaintext.fragment",
                    offset: self.bytesConsumed,
                    detail: "\(leftInRecord) bytes follow the ClientHello in its record"
                )
            )
        }
        self.message = []
        self.fragmentLengths = []
        self.state = .complete(hello)
    }

    /// Where in the stream the message's byte `offset` was, or would be if the message went on.
    private func streamOffset(ofMessageByte offset: Int) -> Int {
        var left = offset
        var stream = TLSRecord.headerLength
        for length in self.fragmentLengths {
            if left < Int(length) { break }
            left -= Int(length)
            stream += Int(length) + TLSRecord.headerLength
        }
        return stream + left
    }
}
