import EdgeCore
import Foundation
import Logging

/// One log event as text. Values may be a client's words: whatever they hold, they stay inside one line.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let message: String
    let pairs: [(key: String, value: String)]

    func text(_ format: LogFormat) -> String {
        switch format {
        case .logfmt:
            return (["t=\(self.time)", "lvl=\(self.level)", "msg=\(JSONText.string(self.message))"] + self.fields)
                .joined(separator: " ")
        case .json:
            let members =
                [("t", "\(self.time)"), ("lvl", "\(self.level)"), ("msg", self.message)]
                + self.pairs.map { ($0.key, $0.value) }
            return "{" + members.map { "\(JSONText.string($0.0)):\(JSONText.string($0.1))" }.joined(separator: ",")
                + "}"
        case .term:
            let level = "\(self.level)".uppercased()
            return ([level.padding(toLength: 8, withPad: " ", startingAt: 0) + self.message] + self.fields)
                .joined(separator: " ")
        }
    }

    private var fields: [String] {
        self.pairs.map { key, value in
            let isPlain = !value.isEmpty && value.utf8.allSatisfy(Self.isPlain)
            return "\(key)=\(isPlain ? value : JSONText.string(value))"
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }
}
