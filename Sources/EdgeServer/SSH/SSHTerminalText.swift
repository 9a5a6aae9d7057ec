import AgentProtocol
import EdgeCore

/// What the user of an SSH client reads on the terminal.
enum SSHTerminalText {
    static func trouble(_ error: NgrokError) -> String { "error: \(error)\n" }

    /// - Parameter banner: what the operator has for everybody; may be empty.
    static func online(_ url: String, account: Account, sessionID: String, banner: String) -> String {
        let lines = [
            "shakedown-edge, by SSH (Ctrl-C ends it)", banner,
            "Account     \(account.name) (plan \(account.plan.title))",
            "Session     \(sessionID)",
            "Forwarding  \(url)",
        ]
        return "\n" + lines.filter { !$0.isEmpty }.map { "\($0)\n" }.joined() + "\n"
    }
}
