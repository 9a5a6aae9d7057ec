/// Whether an A-label decodes at all (RFC 3492 section 6.2). What it decodes to is never used: names are compared as
/// they are on the wire.
enum Punycode {
    static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return false }
        let delimiter = bytes.lastIndex(of: UInt8(ascii: "-"))
        var length = delimiter ?? 0
        var input = delimiter.map { $0 + 1 } ?? 0
        guard input < bytes.count else { return false }
        // The parameters of RFC 3492 section 5.
        var codePoint = 128
        var bias = 72
        var position = 0
        while input < bytes.count {
            let before = position
            var weight = 1
            var k = 36
            while true {
                guard input < bytes.count, let digit = Self.digit(bytes[input]) else { return false }
                input += 1
                let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
                guard !overflow, position <= Int(Int32.max) - product else { return false }
                position += product
                let threshold = min(max(k - bias, 1), 26)
                if digit < threshold { break }
                weight *= 36 - threshold
                guard weight <= Int(Int32.max) else { return false }
                k += 36
            }
            length += 1
            bias = Self.adapt(delta: position - before, count: length, isFirst: before == 0)
            codePoint += position / length
            position %= length
            guard Unicode.Scalar(UInt32(codePoint)) != nil else { return false }
            position += 1
        }
        return true
    }

    private static func digit(_ character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    private static func adapt(delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }
}
