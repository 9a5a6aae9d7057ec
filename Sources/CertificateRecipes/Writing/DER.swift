package import Foundation

/// Writes DER (ITU-T X.690): each function returns one whole element.
///
/// Nothing is checked, so that a certificate can be wrong on purpose.
package enum DER {
    package static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [tag] + Self.length(contents.count) + contents
    }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        let bytes = Self.bytes(UInt(count))
        return [0x80 | UInt8(bytes.count)] + bytes
    }

    /// Big-endian, without leading zeros; zero has no bytes.
    private static func bytes(_ number: UInt) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        while rest > 0 {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return bytes
    }

    package static func sequence(_ elements: [UInt8]...) -> [UInt8] { Self.sequence(elements) }
    package static func sequence(_ elements: [[UInt8]]) -> [UInt8] { Self.element(0x30, Array(elements.joined())) }
    package static func set(_ element: [UInt8]) -> [UInt8] { Self.element(0x31, element) }
    package static func boolean(_ value: Bool) -> [UInt8] { Self.element(0x01, [value ? 0xff : 0]) }
    package static func octetString(_ bytes: [UInt8]) -> [UInt8] { Self.element(0x04, bytes) }
    package static func utf8String(_ text: String) -> [UInt8] { Self.element(0x0c, Array(text.utf8)) }
    package static let null = DER.element(0x05, [])

    /// - Parameter magnitude: big-endian; an integer here is never negative.
    package static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        // A first bit of 1 would make it negative.
        let needsZero = (digits.first ?? 0x80) >= 0x80
        return Self.element(0x02, needsZero ? [0] + digits : digits)
    }

    package static func integer(_ number: UInt) -> [UInt8] { Self.integer(Self.bytes(number)) }

    package static func bitString(_ bytes: [UInt8], unusedBits: Int = 0) -> [UInt8] {
        Self.element(0x03, [UInt8(unusedBits)] + bytes)
    }

    /// - Parameter arcs: at least two, such as 2, 5, 29, 19.
    package static func objectIdentifier(_ arcs: [UInt]) -> [UInt8] {
        let numbers = [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2)
        return Self.element(0x06, numbers.flatMap(Self.base128))
    }

    private static func base128(_ number: UInt) -> [UInt8] {
        var bytes = [UInt8(number & 0x7f)]
        var rest = number >> 7
        while rest > 0 {
            bytes.insert(0x80 | UInt8(rest & 0x7f), at: 0)
            rest >>= 7
        }
        return bytes
    }

    /// To the second, as RFC 5280 section 4.1.2.5 wants it: with two digits for the year until 2049, then with four.
    package static func time(_ date: Date) -> [UInt8] {
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .omitted,
            dateTimeSeparator: .standard,
            timeSeparator: .omitted,
            timeZone: .gmt
        )
        let second = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        let text = second.formatted(style).replacing("T", with: "")
        let hasShortYear = ("1950"..."2049").contains(text.prefix(4))
        return hasShortYear ? Self.element(0x17, Array(text.dropFirst(2).utf8)) : Self.element(0x18, Array(text.utf8))
    }
}
