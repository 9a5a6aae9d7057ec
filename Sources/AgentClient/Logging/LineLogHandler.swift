package import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each record as one line.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let output: LogOutput

    package init(format: LogFormat, level: Logger.Level, output: LogOutput) {
        self.format = format
        self.logLevel = level
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = self.metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error {
            fields["error"] = "\(error)"
        }
        let pairs = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let message = event.message.description
        switch self.format {
        case .term:
            let data = pairs.map { " \($0)=\(Self.quoted($1))" }.joined()
            self.output.write("\(time) \(Self.padded(event.level)) \(message)\(data)")
        case .logfmt:
            let data = pairs.map { " \($0)=\(Self.quoted($1))" }.joined()
            self.output.write("t=\(time) lvl=\(event.level.rawValue) msg=\(Self.quoted(message))\(data)")
        case .json:
            let data = pairs.map { ",\(Self.jsonString($0)):\(Self.jsonString($1))" }.joined()
            self.output.write(
                "{\"t\":\"\(time)\",\"lvl\":\"\(event.level.rawValue)\",\"msg\":\(Self.jsonString(message))\(data)}"
            )
        }
    }

    private static func padded(_ level: Logger.Level) -> String {
        let name = level.rawValue
        return name + String(repeating: " ", count: max(0, 8 - name.count))
    }

    /// As it is when it is one plain word, else in quotes: a peer's text cannot start a new line or a new field.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
        return isPlain ? text : Self.jsonString(text)
    }

    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format {
                    for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
                        let digits = String(unit, radix: 16)
                        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
