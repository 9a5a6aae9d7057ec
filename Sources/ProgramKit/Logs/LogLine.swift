import JSONText
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One log event as text. Values may be a peer's words: whatever they hold, they stay inside one line and one field.
struct LogLine {
    /// RFC 3339.
    let time: String
    let level: Logger.Level
    let message: String
    let pairs: [(key: String, value: String)]

    static var now: String { Self.text(of: Date()) }

    static func text(of time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    func text(_ format: LogFormat) -> String {
        switch format {
        case .term:
            let level = self.level.rawValue
            let padding = String(repeating: " ", count: max(0, 8 - level.utf8.count))
            return "\(self.time) \(level)\(padding) \(self.message)\(self.fields)"
        case .logfmt:
            return "t=\(self.time) lvl=\(self.level.rawValue) msg=\(Self.quoted(self.message))\(self.fields)"
        case .json:
            let members =
                [("t", self.time), ("lvl", self.level.rawValue), ("msg", self.message)]
                + self.pairs.map { ($0.key, $0.value) }
            return "{" + members.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",") + "}"
        }
    }

    private var fields: String {
        self.pairs.map { " \(Self.word($0.key))=\(Self.word($0.value))" }.joined()
    }

    /// As it is when it is one plain word, else in quotes.
    private static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
                    && $0 != UInt8(ascii: "\\")
            }
        return isPlain ? text : Self.quoted(text)
    }

    private static func quoted(_ text: String) -> String { JSONValue.quoted(text, escaping: .invisibles) }
}
