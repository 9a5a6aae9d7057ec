/// What a host_name of server_name may look like (RFC 6066 section 3): a DNS name in its ASCII form, without a trailing
/// dot, and no address.
///
/// Letters, digits, hyphens anywhere in a label, and underscores: DNS names with leading hyphens or underscores are in
/// use, and neither can be mistaken for anything else. Everything beyond (NUL, control characters, `*`, UTF-8, a port,
/// brackets) is refused and never normalised into a match.
package enum HostNameSyntax {
    /// 253 bytes: 255 on the wire (RFC 1035 section 2.3.4), less the first length and the root label.
    package static let maximumLength = 253
    /// RFC 1035 section 2.3.4.
    package static let maximumLabelLength = 63

    /// What is wrong with the name, and at which of its bytes.
    package struct Problem: Hashable, Sendable {
        package var offset: Int
        package var detail: String
    }

    /// `nil` when the name may be sent.
    package static func problem(in name: [UInt8]) -> Problem? {
        Self.problem(in: name.span, range: 0..<name.count)
    }

    static func problem(in bytes: Span<UInt8>, range: Range<Int>) -> Problem? {
        guard !range.isEmpty else { return Problem(offset: 0, detail: "empty name") }
        var labelStart = range.lowerBound
        var labels = 0
        var numericLabels = 0
        var isNumeric = true
        for index in range {
            let byte = bytes[index]
            if index - range.lowerBound >= Self.maximumLength {
                return Problem(offset: index - range.lowerBound, detail: "name longer than 253 bytes")
            }
            if byte == UInt8(ascii: ".") {
                guard index > labelStart else {
                    return Problem(offset: index - range.lowerBound, detail: "empty label")
                }
                labels += 1
                if isNumeric { numericLabels += 1 }
                isNumeric = true
                labelStart = index + 1
                continue
            }
            guard Self.isNameByte(byte) else {
                return Problem(offset: index - range.lowerBound, detail: "byte \(byte) is no letter, digit, '-' or '_'")
            }
            if !Self.isDigit(byte) { isNumeric = false }
            if index - labelStart >= Self.maximumLabelLength {
                return Problem(offset: index - range.lowerBound, detail: "label longer than 63 bytes")
            }
        }
        guard labelStart < range.upperBound else {
            return Problem(offset: range.count - 1, detail: "trailing dot")
        }
        if labels == 3, numericLabels == 3, isNumeric {
            return Problem(offset: 0, detail: "IPv4 address")
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return Self.isDigit(byte) || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
