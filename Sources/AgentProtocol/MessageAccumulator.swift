/// Collects the bytes of one JSON value from a stream.
///
/// Agents do not close their side of a stream before the reply has come, so a request ends where its value ends.
package struct MessageAccumulator: Sendable {
    private let limit: Int
    private var text: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isComplete = false

    /// - Parameter limit: In bytes. A bind carries certificates and a policy; the largest legitimate ones are well below 1 MiB.
    package init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// Bytes of a value that is not whole yet.
    package var byteCount: Int { self.isComplete ? 0 : self.text.count }

    /// Adds bytes; returns the text of the value once it is whole. Later bytes are ignored, and get `nil`.
    ///
    /// - Throws: `malformed` when the value is neither an object nor `null`, `tooLong` beyond the limit.
    package mutating func append(_ bytes: Span<UInt8>) throws(MessageError) -> [UInt8]? {
        guard !self.isComplete else { return nil }
        for index in bytes.indices {
            let byte = bytes[index]
            if self.text.isEmpty, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { continue }
            guard self.text.count < self.limit else {
                throw MessageError(.tooLong, field: "message over \(self.limit) bytes")
            }
            self.text.append(byte)
            if self.text[0] != UInt8(ascii: "{") {
                try self.checkNull()
            } else {
                self.step(byte)
            }
            if self.isComplete { return self.text }
        }
        return nil
    }

    private mutating func checkNull() throws(MessageError) {
        let null = Array("null".utf8)
        guard self.text.elementsEqual(null.prefix(self.text.count)) else {
            throw MessageError(.malformed, field: "json at byte \(self.text.count - 1)")
        }
        self.isComplete = self.text.count == null.count
    }

    private mutating func step(_ byte: UInt8) {
        if self.isInString {
            if self.isEscaped {
                self.isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                self.isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                self.isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): self.isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): self.depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            self.depth -= 1
            self.isComplete = self.depth == 0
        default: break
        }
    }
}
