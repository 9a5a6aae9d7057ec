/// Cuts a text into words, one at a time, so that an expression inside a longer text ends where its grammar does.
struct Lexer {
    let source: [UInt8]
    private(set) var offset: Int

    init(_ source: [UInt8], offset: Int = 0) {
        self.source = source
        self.offset = offset
    }

    mutating func next() throws(SourceError) -> Token {
        self.skipSpace()
        let start = self.offset
        guard let byte = self.byte() else { return Token(kind: .end, offset: start) }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return Token(kind: .string(try self.readText(isRaw: false)), offset: start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return Token(kind: try self.readNumber(), offset: start)
        case UInt8(ascii: ".") where self.byte(1).map(Self.isDigit) == true:
            return Token(kind: try self.readNumber(), offset: start)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            return Token(kind: try self.readWord(), offset: start)
        default:
            return Token(kind: .symbol(try self.readSymbol()), offset: start)
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        let index = self.offset + ahead
        return index < self.source.count ? self.source[index] : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        let lowercased = byte | 0x20
        return Self.isDigit(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased)
    }

    private mutating func skipSpace() {
        while let byte = self.byte() {
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0c, 0x0d:
                self.offset += 1
            case UInt8(ascii: "/") where self.byte(1) == UInt8(ascii: "/"):
                while let byte = self.byte(), byte != 0x0a { self.offset += 1 }
            default:
                return
            }
        }
    }
}

extension Lexer {
    private mutating func readSymbol() throws(SourceError) -> Token.Symbol {
        for length in [2, 1] where self.offset + length <= self.source.count {
            let text = String(decoding: self.source[self.offset..<(self.offset + length)], as: UTF8.self)
            if let symbol = Token.Symbol(rawValue: text) {
                self.offset += length
                return symbol
            }
        }
        let scalar = String(decoding: self.source[self.offset...].prefix(4), as: UTF8.self).unicodeScalars.first
        let hint =
            switch scalar {
            case "=": "; '==' compares"
            case "&": "; '&&' is and"
            case "|": "; '||' is or"
            default: ""
            }
        throw SourceError(
            .malformed,
            "\(SourceText.shown(scalar)) is no part of an expression\(hint)",
            at: self.offset
        )
    }

    /// A name, or the prefix of a text: `r'…'`, `b"…"`, `br'…'`.
    private mutating func readWord() throws(SourceError) -> Token.Kind {
        let start = self.offset
        while let byte = self.byte(), Self.isWordByte(byte) { self.offset += 1 }
        let word = String(decoding: self.source[start..<self.offset], as: UTF8.self)
        guard let quote = self.byte(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return .identifier(word)
        }
        switch word {
        case "r", "R": return .string(try self.readText(isRaw: true))
        case "b", "B": return .bytes(try self.readBytes(isRaw: false, isText: false))
        case "br", "bR", "Br", "BR", "rb", "rB", "Rb", "RB":
            return .bytes(try self.readBytes(isRaw: true, isText: false))
        default: return .identifier(word)
        }
    }

    private mutating func readText(isRaw: Bool) throws(SourceError) -> String {
        let start = self.offset
        let bytes = try self.readBytes(isRaw: isRaw, isText: true)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SourceError(.malformed, "the text is not UTF-8", at: start)
        }
        return text
    }
}

extension Lexer {
    private mutating func readNumber() throws(SourceError) -> Token.Kind {
        let start = self.offset
        if self.byte() == UInt8(ascii: "0"), let mark = self.byte(1), mark | 0x20 == UInt8(ascii: "x") {
            self.offset += 2
            let digits = self.digits { Character(Unicode.Scalar($0)).isHexDigit }
            return try self.readInteger(digits, radix: 16, from: start)
        }
        let whole = self.digits(Self.isDigit)
        var isDouble = false
        if self.byte() == UInt8(ascii: "."), self.byte(1).map(Self.isDigit) == true {
            isDouble = true
            self.offset += 1
            _ = self.digits(Self.isDigit)
        }
        if let mark = self.byte(), mark | 0x20 == UInt8(ascii: "e") {
            let sign = self.byte(1) == UInt8(ascii: "+") || self.byte(1) == UInt8(ascii: "-") ? 1 : 0
            if self.byte(1 + sign).map(Self.isDigit) == true {
                isDouble = true
                self.offset += 1 + sign
                _ = self.digits(Self.isDigit)
            }
        }
        guard isDouble else { return try self.readInteger(whole, radix: 10, from: start) }
        let text = String(decoding: self.source[start..<self.offset], as: UTF8.self)
        guard let value = Double(text.hasPrefix(".") ? "0\(text)" : text), value.isFinite else {
            throw SourceError(.malformed, "the number \(text) is too large", at: start)
        }
        try self.endNumber(from: start)
        return .double(value)
    }

    private mutating func digits(_ isDigit: (UInt8) -> Bool) -> String {
        let start = self.offset
        while let byte = self.byte(), isDigit(byte) { self.offset += 1 }
        return String(decoding: self.source[start..<self.offset], as: UTF8.self)
    }

    private mutating func readInteger(
        _ digits: String,
        radix: Int,
        from start: Int
    ) throws(SourceError) -> Token.Kind {
        guard let mark = self.byte(), mark | 0x20 == UInt8(ascii: "u") else {
            try self.endNumber(from: start)
            return .int(digits: digits, radix: radix)
        }
        self.offset += 1
        try self.endNumber(from: start)
        guard let value = UInt64(digits, radix: radix) else {
            throw SourceError(.malformed, "the number is no uint: those are below 2^64", at: start)
        }
        return .uint(value)
    }

    /// `12ab` and `0x` are no numbers.
    private func endNumber(from start: Int) throws(SourceError) {
        let last = self.source[self.offset - 1] | 0x20
        guard self.byte().map(Self.isWordByte) != true, last != UInt8(ascii: "x") else {
            throw SourceError(.malformed, "a number with letters in it", at: start)
        }
    }
}

extension Lexer {
    /// What is between quotes, one or three of them.
    private mutating func readBytes(isRaw: Bool, isText: Bool) throws(SourceError) -> [UInt8] {
        let start = self.offset
        guard let quote = self.byte() else { return [] }
        let isTriple = self.byte(1) == quote && self.byte(2) == quote
        self.offset += isTriple ? 3 : 1
        var bytes: [UInt8] = []
        while let byte = self.byte() {
            if byte == quote, !isTriple || self.byte(1) == quote && self.byte(2) == quote {
                self.offset += isTriple ? 3 : 1
                return bytes
            }
            if !isTriple, byte == 0x0a || byte == 0x0d { break }
            if byte == UInt8(ascii: "\\"), isRaw {
                // A backslash in a raw text stands for itself, and yet the quote behind it does not end the text.
                guard let escaped = self.byte(1) else { break }
                bytes += [byte, escaped]
                self.offset += 2
            } else if byte == UInt8(ascii: "\\") {
                try self.readEscape(into: &bytes, isText: isText)
            } else {
                bytes.append(byte)
                self.offset += 1
            }
        }
        throw SourceError(.malformed, "the text that begins here has no end", at: start)
    }

    private mutating func readEscape(into bytes: inout [UInt8], isText: Bool) throws(SourceError) {
        let start = self.offset
        self.offset += 1
        guard let letter = self.byte() else { return }
        self.offset += 1
        switch letter {
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            bytes.append(letter)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "v"): bytes.append(0x0b)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try self.readCode(2, radix: 16, into: &bytes, isText: isText, from: start)
        case UInt8(ascii: "u") where isText:
            try self.readCode(4, radix: 16, into: &bytes, isText: isText, from: start)
        case UInt8(ascii: "U") where isText:
            try self.readCode(8, radix: 16, into: &bytes, isText: isText, from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            self.offset -= 1
            try self.readCode(3, radix: 8, into: &bytes, isText: isText, from: start)
        default:
            let scalar = String(decoding: self.source[(self.offset - 1)...].prefix(4), as: UTF8.self).unicodeScalars
                .first
            throw SourceError(
                .malformed,
                "there is no escape \\ with \(SourceText.shown(scalar)); write \\\\ for a backslash, or r'…'",
                at: start
            )
        }
    }

    /// A code point in a text, an octet in bytes.
    private mutating func readCode(
        _ count: Int,
        radix: Int,
        into bytes: inout [UInt8],
        isText: Bool,
        from start: Int
    ) throws(SourceError) {
        let digits = String(decoding: self.source[self.offset...].prefix(count), as: UTF8.self)
        guard digits.utf8.count == count, digits.first?.isHexDigit == true, let code = UInt32(digits, radix: radix)
        else {
            throw SourceError(.malformed, "an escape needs \(count) digits", at: start)
        }
        self.offset += count
        guard isText else {
            bytes.append(UInt8(truncatingIfNeeded: code))
            return
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw SourceError(.malformed, "there is no such code point", at: start)
        }
        bytes += UTF8.encode(scalar).map { Array($0) } ?? []
    }
}

/// How messages show what is in a source.
enum SourceText {
    /// Names in quotes and in order; of many, the first.
    static func list(_ names: some Sequence<String>) -> String {
        let names = names.sorted()
        let shown = names.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }

    /// What goes into a log for every connection.
    static func shortened(_ text: String) -> String {
        text.unicodeScalars.count > 200 ? String(text.unicodeScalars.prefix(200)) + "…" : text
    }

    static func shown(_ scalar: Unicode.Scalar?) -> String {
        guard let scalar else { return "the end" }
        // Control characters and marks that change the order of what is around them stay out of logs and terminals.
        return scalar.value < 0x20 || scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x7f
            ? "U+" + String(scalar.value, radix: 16, uppercase: true) : "'\(scalar)'"
    }
}
