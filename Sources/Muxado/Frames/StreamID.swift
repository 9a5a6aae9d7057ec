/// The number of one stream in a session: 31 bits, odd when the client opened it, even when the server did.
package struct StreamID: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: UInt32

    /// Keeps the low 31 bits, as the wire does: the highest bit is reserved.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue & Self.maximum
    }

    /// The highest number that 31 bits hold.
    package static let maximum: UInt32 = 0x7fff_ffff

    /// Zero: the frame is about the session and not about a stream.
    package static let session = StreamID(rawValue: 0)

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension StreamID: CustomStringConvertible {
    package var description: String { "\(self.rawValue)" }
}
