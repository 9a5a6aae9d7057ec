/// What an agent shows of itself on a terminal, as a value that draws itself.
package struct ConsoleScreen: Hashable, Sendable {
    /// Something that is said of the session: `Account`, `me (enterprise)`.
    package struct Fact: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `online`, or what the agent is about, and what is said of the session.
    package var facts: [Fact] = []
    /// Where clients come and where they go, a line each.
    package var forwarding: [String] = []
    /// All connections that there were, and those that are open.
    package var connectionCount = 0
    package var openCount = 0
    /// Connections that have ended, the latest first.
    package var connections: [String] = []

    package init() {}

    /// As wide as the names of ngrok's agents, which people know to read.
    private static let margin = 30

    /// Line by line from the top, each cut to the terminal's width. Where there is too little room connections give way first, then
    /// lines of forwarding, which are counted.
    package func lines(width: Int, height: Int) -> [String] {
        let quit = "(Ctrl-C to quit)"
        let title = "shakedown-agent"
        let gap = String(repeating: " ", count: max(1, width - title.count - quit.count))
        let head = ["\(title)\(gap)\(quit)", ""] + self.facts.map { Self.row($0.name, $0.value) }
        let counts = [
            "", Self.row("Connections", Self.columns("ttl", "opn")),
            Self.row("", Self.columns("\(self.connectionCount)", "\(self.openCount)")),
        ]
        let room = max(1, height - head.count - counts.count)
        let lines = head + self.forwardingRows(in: room) + counts + self.latest(in: height)
        return lines.prefix(max(0, height)).map { Self.shown($0, width) }
    }

    private func forwardingRows(in room: Int) -> [String] {
        guard self.forwarding.count > room else { return self.forwarding.map { Self.row("Forwarding", $0) } }
        let shown = self.forwarding.prefix(room - 1)
        return shown.map { Self.row("Forwarding", $0) }
            + [Self.row("Forwarding", "and \(self.forwarding.count - shown.count) more")]
    }

    /// The end of the screen is cut with the rest.
    private func latest(in height: Int) -> [String] {
        self.connections.isEmpty ? [] : ["", "Last Connections", "----------------"] + self.connections.prefix(height)
    }

    private static func row(_ name: String, _ value: String) -> String { Self.padded(name, to: Self.margin) + value }

    /// The last one is not padded.
    private static func columns(_ first: String, _ last: String) -> String { Self.padded(first, to: 8) + last }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// What the edge and its clients say goes to a terminal: what would move its cursor, or do worse, is shown as something else.
    private static func shown(_ line: String, _ width: Int) -> String {
        String(line.map { $0.unicodeScalars.contains(where: Self.isControl) ? "\u{fffd}" : $0 }.prefix(max(0, width)))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
