import AgentClient
import Testing

@Suite("The console's screen")
struct ConsoleScreenTests {
    private static func screen() -> ConsoleScreen {
        var screen = ConsoleScreen()
        screen.facts = [
            ConsoleScreen.Fact("Session Status", "online"), ConsoleScreen.Fact("Account", "me (Plan: pro)"),
        ]
        screen.forwarding = ["tls://app.example.com -> localhost:8080"]
        screen.connectionCount = 12
        screen.openCount = 1
        screen.connections = ["12:00:02  web  192.0.2.1:5000", "12:00:01  web  192.0.2.2:5000"]
        return screen
    }

    @Test("has what is said of the session, where clients come and go, and their connections")
    func whole() {
        let lines = Self.screen().lines(width: 70, height: 24)
        #expect(
            lines.joined(separator: "\n") == """
                shakedown-agent                                       (Ctrl-C to quit)

                Session Status                online
                Account                       me (Plan: pro)
                Forwarding                    tls://app.example.com -> localhost:8080

                Connections                   ttl     opn
                                              12      1

                Last Connections
                ----------------
                12:00:02  web  192.0.2.1:5000
                12:00:01  web  192.0.2.2:5000
                """
        )
    }

    @Test("fits every terminal: connections give way first, then forwarding, which is counted")
    func small() {
        var screen = Self.screen()
        #expect(screen.lines(width: 70, height: 12).last == "12:00:02  web  192.0.2.1:5000")
        screen.forwarding = (1...400).map { "tls://t\($0).example.com -> localhost:8080" }
        let lines = screen.lines(width: 70, height: 10)
        #expect(lines[4].hasSuffix("tls://t1.example.com -> localhost:8080"))
        #expect(lines[6].hasSuffix("and 398 more"))
        #expect(lines.last?.contains("12      1") == true)
        for (width, height) in [(0, 0), (1, 1), (20, 3), (200, 1_000)] {
            let lines = screen.lines(width: width, height: height)
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { $0.count <= width })
        }
    }

    @Test("shows nothing that a terminal would obey, whoever says it")
    func controls() {
        var screen = ConsoleScreen()
        screen.facts = [ConsoleScreen.Fact("Account", "a\u{1b}]0;title\u{7}\r\nb\u{9b}2J\u{202e}c")]
        let line = screen.lines(width: 200, height: 24)[2]
        #expect(line.hasSuffix("a\u{fffd}]0;title\u{fffd}\u{fffd}b\u{fffd}2J\u{fffd}c"))
    }

    @Test("is drawn over what was there, in its color or the terminal's")
    func frame() {
        #expect(ConsoleFrame.text(of: ["a", "b"], .transparent) == "\u{1b}[H\u{1b}[0ma\u{1b}[K\r\nb\u{1b}[K\u{1b}[J")
        #expect(ConsoleFrame.text(of: ["a"], .black) == "\u{1b}[H\u{1b}[0;37;40ma\u{1b}[K\u{1b}[J")
    }
}
