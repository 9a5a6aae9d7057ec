import DocumentationTesting
import Foundation

/// A command of a page, and what the page says it prints.
struct DocumentedCommand: Hashable {
    let text: String
    /// Lines; `…` stands for anything.
    let output: [String]
    let page: String
    let line: Int
    /// Whether Ctrl-C comes behind it, in every terminal.
    let isLast: Bool

    /// The commands of a `console` block.
    ///
    /// - Throws: ``Unreadable`` where something is printed before the first command.
    static func all(in block: MarkdownPage.Block, of page: String) throws -> [DocumentedCommand] {
        var commands: [DocumentedCommand] = []
        var current: (text: String, output: [String], line: Int)?
        var isLast = false
        func finish() {
            guard let done = current else { return }
            commands.append(
                DocumentedCommand(
                    text: done.text,
                    output: done.output,
                    page: page,
                    line: done.line,
                    isLast: isLast
                )
            )
            isLast = false
        }
        for (index, line) in block.lines.enumerated() {
            if line.hasPrefix("$ ") {
                finish()
                current = (String(line.dropFirst(2)), [], block.line + index)
            } else if let text = current?.text, text.hasSuffix("\\") {
                current?.text += "\n" + line
            } else if line == "^C" {
                isLast = true
            } else if current == nil {
                throw Unreadable(message: "\(page):\(block.line + index): a console block begins with a command")
            } else {
                current?.output.append(line)
            }
        }
        finish()
        return commands
    }

    struct Unreadable: Error, CustomStringConvertible {
        let message: String
        var description: String { self.message }
    }

    /// The command without the remark behind it.
    var bare: String {
        guard let remark = self.text.range(of: "  #") else { return self.text }
        return String(self.text[..<remark.lowerBound]).trimmingCharacters(in: .whitespaces)
    }

    /// Programs that run until they are told to stop.
    var isServer: Bool {
        let words = self.bare.split(whereSeparator: \.isWhitespace)
        switch words.first {
        case "shakedown-edge":
            return words.dropFirst().first == "dev" || words.contains("--config") && !words.contains("--check")
        case "shakedown-agent": return ["tls", "tunnel", "start"].contains(words.dropFirst().first)
        case "python3": return words.contains("http.server")
        case "openssl": return words.dropFirst().first == "s_server"
        default: return false
        }
    }

    var mayFail: Bool { self.output.contains { $0.contains("error:") } }

    /// The first line of the page that is not among what was printed, in order.
    func missingLine(in printed: String) -> String? {
        var rest = printed.split(separator: "\n", omittingEmptySubsequences: false)[...]
        for line in self.output where line != "…" {
            guard let found = rest.firstIndex(where: { Self.matches(String($0), pattern: line) }) else { return line }
            rest = rest[(found + 1)...]
        }
        return nil
    }

    /// Whether a line is what a pattern says, in which `…` stands for anything.
    static func matches(_ line: String, pattern: String) -> Bool {
        let pieces = pattern.components(separatedBy: "…")
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return line == pattern }
        guard line.hasPrefix(first) else { return false }
        var rest = line.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.range(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
