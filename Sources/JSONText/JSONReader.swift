extension JSONValue {
    /// Reads exactly one value, with white space around it and nothing else.
    ///
    /// - Throws: ``JSONError`` `malformed` where the text is not RFC 8259, `tooDeep` beyond 64 levels.
    package init(reading text: [UInt8]) throws(JSONError) {
        var reader = JSONReader(text)
        self = try reader.readDocument()
    }
}

/// A recursive reader with a bounded depth.
private struct JSONReader {
    private let text: [UInt8]
    private var offset = 0
    /// What we read is a handful of levels deep; a hostile text must not exhaust the stack.
    private static let maximumDepth = 64

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func readDocument() throws(JSONError) -> JSONValue {
        let value = try self.readValue(depth: 0)
        self.skipSpace()
        guard self.offset == self.text.count else { throw self.malformed() }
        return value
    }

    private func malformed() -> JSONError { JSONError(.malformed, offset: self.offset) }

    private var next: UInt8? { self.offset < self.text.count ? self.text[self.offset] : nil }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            self.offset += 1
        }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard self.next == UInt8(ascii: character) else { return false }
        self.offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard self.accept(character) else { throw self.malformed() }
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw JSONError(.tooDeep, offset: self.offset)
        }
        self.skipSpace()
        switch self.next {
        case UInt8(ascii: "{"): return try self.readObject(depth: depth)
        case UInt8(ascii: "["): return try self.readArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.readString())
        case UInt8(ascii: "t"): return try self.readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try self.readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try self.readWord("null", .null)
        default: return try self.readNumber()
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let bytes = Array(word.description.utf8)
        guard self.text[self.offset...].starts(with: bytes) else { throw self.malformed() }
        self.offset += bytes.count
        return value
    }

    private mutating func readObject(depth: Int) throws(JSONError) -> JSONValue {
        try self.expect("{")
        var members: [JSONValue.Member] = []
        self.skipSpace()
        if self.accept("}") { return .object(members) }
        while true {
            self.skipSpace()
            guard self.next == UInt8(ascii: "\"") else { throw self.malformed() }
            let name = try self.readString()
            self.skipSpace()
            try self.expect(":")
            members.append(JSONValue.Member(name, try self.readValue(depth: depth + 1)))
            self.skipSpace()
            if self.accept("}") { return .object(members) }
            try self.expect(",")
        }
    }

    private mutating func readArray(depth: Int) throws(JSONError) -> JSONValue {
        try self.expect("[")
        var values: [JSONValue] = []
        self.skipSpace()
        if self.accept("]") { return .array(values) }
        while true {
            values.append(try self.readValue(depth: depth + 1))
            self.skipSpace()
            if self.accept("]") { return .array(values) }
            try self.expect(",")
        }
    }

    private mutating func readString() throws(JSONError) -> String {
        try self.expect("\"")
        var bytes: [UInt8] = []
        while let byte = self.next {
            self.offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else { throw self.malformed() }
                return string
            case UInt8(ascii: "\\"):
                try self.readEscape(into: &bytes)
            case 0x00..<0x20:
                throw self.malformed()
            default:
                bytes.append(byte)
            }
        }
        throw self.malformed()
    }

    private mutating func readEscape(into bytes: inout [UInt8]) throws(JSONError) {
        guard let byte = self.next else { throw self.malformed() }
        self.offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes += try self.readScalar().description.utf8
        default: throw self.malformed()
        }
    }

    /// The rest of a `\u` escape and, for a high surrogate, the escape of its other half. Lone surrogates become U+FFFD, as
    /// in Go's decoder.
    private mutating func readScalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try self.readHexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xdc00, self.text[self.offset...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return "\u{fffd}"
        }
        let before = self.offset
        self.offset += 2
        let low = try self.readHexadecimal()
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        else {
            self.offset = before
            return "\u{fffd}"
        }
        return scalar
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = self.next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw self.malformed()
            }
            value = value << 4 | UInt32(digit)
            self.offset += 1
        }
        return value
    }

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = self.offset
        _ = self.accept("-")
        if !self.accept("0") { try self.readDigits() }
        var isInteger = true
        if self.accept(".") {
            isInteger = false
            try self.readDigits()
        }
        if self.accept("e") || self.accept("E") {
            isInteger = false
            if !self.accept("+") { _ = self.accept("-") }
            try self.readDigits()
        }
        let text = String(decoding: self.text[start..<self.offset], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw self.malformed() }
        return .number(value)
    }

    private mutating func readDigits() throws(JSONError) {
        let start = self.offset
        while let byte = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            self.offset += 1
        }
        guard self.offset > start else { throw self.malformed() }
    }
}
