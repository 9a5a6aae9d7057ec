package import ProgramKit

/// The unit by which systemd runs an agent (systemd.service(5)).
package struct SystemdUnit: Hashable, Sendable {
    package let text: String

    /// - Parameters:
    ///   - program: The agent's program, by its absolute path.
    ///   - configurations: Absolute paths.
    ///   - user: Whom it runs as; `nil` for root.
    package init(program: String, configurations: [String], user: String?) throws(Complaint) {
        var words = [program, "start", "--all"]
        for configuration in configurations { words += ["--config", configuration] }
        var command: [String] = []
        for word in words { command.append(try Self.quoted(word)) }
        let owner = try user.map { name throws(Complaint) in "User=\(try Self.checked(name))\n" } ?? ""
        self.text = """
            # Written by 'shakedown-agent service install'.
            [Unit]
            Description=shakedown-agent, which keeps TLS services of this machine online
            Wants=network-online.target
            After=network-online.target

            [Service]
            Type=exec
            \(owner)ExecStart=\(command.joined(separator: " "))
            ExecReload=/bin/kill -HUP $MAINPID
            # An edge that cannot be reached is tried for as long as it takes; what ends the agent is a refusal.
            Restart=on-failure
            RestartSec=10
            # The command line or the configuration is wrong: no other try will change that.
            RestartPreventExitStatus=64
            NoNewPrivileges=yes
            ProtectSystem=full
            ProtectKernelTunables=yes
            ProtectControlGroups=yes
            RestrictSUIDSGID=yes

            [Install]
            WantedBy=multi-user.target

            """
    }

    /// A word of a command line (systemd.service(5), "Command lines"): `%` begins a specifier and `$` a variable, also in quotes.
    private static func quoted(_ word: String) throws(Complaint) -> String {
        let word = try Self.checked(word)
        var text = ""
        for character in word.unicodeScalars {
            switch character {
            case "\\", "\"": text += "\\\(character)"
            case "%": text += "%%"
            case "$": text += "$$"
            default: text.unicodeScalars.append(character)
            }
        }
        return "\"\(text)\""
    }

    /// A line feed would begin another setting.
    private static func checked(_ text: String) throws(Complaint) -> String {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }), !text.isEmpty else {
            throw Complaint(
                "\(text.debugDescription) cannot stand in a unit of systemd",
                hint: "choose a path without control characters",
                exitStatus: .usage
            )
        }
        return text
    }
}
