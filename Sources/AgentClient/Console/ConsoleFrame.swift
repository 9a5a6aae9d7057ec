/// What the background of the console is.
package enum ConsoleColor: String, Hashable, Sendable, CaseIterable {
    case black
    /// The terminal's own.
    case transparent
}

/// The control sequences of ECMA-48 that put a screen on a terminal, as every terminal of today knows them.
package enum ConsoleFrame {
    /// Another screen than that of the shell, without a cursor.
    package static let start = "\u{1b}[?1049h\u{1b}[?25l"
    /// The shell's screen as it was.
    package static let end = "\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l"

    /// Each line is written over what is there and the rest of it erased, so that nothing flickers.
    package static func text(of lines: [String], _ color: ConsoleColor) -> String {
        let color = color == .black ? "\u{1b}[0;37;40m" : "\u{1b}[0m"
        return "\u{1b}[H\(color)" + lines.map { "\($0)\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    }
}
