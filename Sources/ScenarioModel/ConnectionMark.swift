/// What only one client of a run can have sent, so that a connection that carries it is that client's, wherever it arrives.
///
/// Fewer bytes prove nothing: every ClientHello begins with `16 03 01`.
package enum ConnectionMark: Hashable, Sendable {
    /// The 32 random bytes of a ClientHello.
    case random(ByteString)
    /// The nonce in an exchange's first line.
    case nonce(String)
}

extension ConnectionMark {
    /// The random of the hello that these bytes begin with; `nil` while it is not whole.
    ///
    /// It is looked for where it stands in a good hello, and found in bad ones too: both ends of a connection look at the
    /// same place, and what matters is that nobody else has these bytes there. Records put their headers between.
    package static func random(onWire bytes: [UInt8]) -> ConnectionMark? {
        var message: [UInt8] = []
        var position = 0
        // A handshake header of 4 bytes and a version of 2, then the random.
        while message.count < 38, position + 5 < bytes.count {
            let length = Int(bytes[position + 3]) << 8 | Int(bytes[position + 4])
            let end = min(position + 5 + length, bytes.count)
            // A change_cipher_spec or an alert may stand before it.
            if bytes[position] != 20 && bytes[position] != 21 { message += bytes[(position + 5)..<end] }
            position += 5 + length
        }
        return message.count < 38 ? nil : .random(ByteString(message[6..<38]))
    }

    /// The nonce in the first line of an exchange, or in the path of its request; `nil` where there is none.
    package static func nonce(inside application: [UInt8]) -> ConnectionMark? {
        guard let opening = [Self.lineOpening, Self.requestOpening].first(where: application.starts(with:)) else {
            return nil
        }
        let rest = application.dropFirst(opening.count)
        guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: " ") }),
            end > rest.startIndex
        else { return nil }
        return .nonce(String(decoding: rest[..<end], as: UTF8.self))
    }

    private static let lineOpening = Array("shakedown ".utf8)
    private static let requestOpening = Array("GET \(Exchange.requestPath)".utf8)
}
