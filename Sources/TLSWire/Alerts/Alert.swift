/// How much an alert means: since TLS 1.3 the level is ignored, but it is still sent (RFC 9846 section 6).
package enum AlertLevel: UInt8, Hashable, Sendable {
    case warning = 1
    case fatal = 2
}

/// A plaintext alert, as it was sent.
package struct Alert: Hashable, Sendable {
    /// The level's byte; 1 and 2 are ``AlertLevel``s, and a broken peer may send any other.
    package var levelByte: UInt8
    package var code: AlertDescription
    package init(levelByte: UInt8, code: AlertDescription) {
        self.levelByte = levelByte
        self.code = code
    }

    package init(_ level: AlertLevel, _ code: AlertDescription) {
        self.init(levelByte: level.rawValue, code: code)
    }

    /// `nil` for a byte that is neither warning nor fatal.
    package var level: AlertLevel? { AlertLevel(rawValue: self.levelByte) }

    /// The whole plaintext record of one alert, 7 bytes.
    package static func record(
        _ level: AlertLevel,
        _ description: AlertDescription,
        version: UInt16 = 0x0303
    ) -> [UInt8] {
        TLSRecord(type: .alert, version: version, payload: [level.rawValue, description.rawValue]).encoded()
    }
}

extension Alert: CustomStringConvertible {
    package var description: String {
        switch self.level {
        case .warning: "warning \(self.code)"
        case .fatal: "fatal \(self.code)"
        case nil: "level \(self.levelByte) \(self.code)"
        }
    }
}
