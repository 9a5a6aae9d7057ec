import Verdicts

/// Colours by ANSI escape sequences, or none.
struct TerminalStyle {
    let isColored: Bool

    enum Tint: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case magenta = "35"
        case cyan = "36"
        case boldRed = "1;31"
        case boldGreen = "1;32"
    }

    func paint(_ text: String, _ tint: Tint) -> String {
        self.isColored ? "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m" : text
    }

    func tint(_ outcome: Outcome) -> Tint {
        switch outcome {
        case .pass: .green
        case .passLenient, .informational: .cyan
        case .fail, .hang: .boldRed
        case .failShould: .red
        case .error: .magenta
        case .flaky, .unexpectedPass, .skipped: .yellow
        case .expectedFail, .unsupported: .dim
        }
    }
}
