/// A refusal as agents get it: a sentence for people and a number for programs.
package struct NgrokError: Error, Hashable, Sendable {
    package let code: Int
    /// What is wrong and what to do, in one or more lines.
    package let message: String

    package init(code: Int, message: String) {
        self.code = code
        self.message = message
    }
}

extension NgrokError: CustomStringConvertible {
    package var name: String { "ERR_NGROK_\(self.code)" }

    /// The text of a reply's error field: the message, an empty line, the code's line, with CRLF as ngrok sends it.
    package var text: String { "\(self.message)\r\n\r\n\(self.name)\r\n" }

    package var description: String { "\(self.message) (\(self.name))" }

    /// Takes a reply's error field apart. A text without a code keeps its message and has code 0.
    package init(text: String) {
        let marker = "ERR_NGROK_"
        var code = 0
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmingSpaces
            if code == 0, trimmed.hasPrefix(marker), let number = Int(trimmed.dropFirst(marker.count)) {
                code = number
            } else if !trimmed.isEmpty {
                lines.append(trimmed)
            }
        }
        if code == 0, let start = text.firstOccurrence(of: marker) {
            code = Int(text[start...].dropFirst(marker.count).prefix { $0.isASCII && $0.isNumber }) ?? 0
        }
        self.init(code: code, message: lines.joined(separator: "\n"))
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var rest = self.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" {
            rest = rest.dropLast()
        }
        return rest
    }
}

extension String {
    fileprivate func firstOccurrence(of marker: String) -> String.Index? {
        self.indices.first { self[$0...].hasPrefix(marker) }
    }
}
