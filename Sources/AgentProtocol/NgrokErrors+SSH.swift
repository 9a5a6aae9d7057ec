/// What an SSH client is told on its terminal (ngrok's errors reference, err_ngrok_1100 to 1123).
extension NgrokError {
    package static func sshTooManyKeys(_ count: Int, limit: Int) -> NgrokError {
        NgrokError(
            code: 1101,
            message:
                "\(count) public keys were offered, and \(limit) may be. Name one with -i and -o IdentitiesOnly=yes."
        )
    }
    package static let sshKeyRevoked = NgrokError(
        code: 1102,
        message: "Nobody has registered this key any more. Register it again, or use another."
    )
    package static let sshMultiplexed = NgrokError(
        code: 1104,
        message: "An SSH connection has one session here, and no other shares it. Connect with -o ControlPath=none."
    )
    package static let sshSecondForward = NgrokError(
        code: 1105,
        message: "An SSH session forwards one port. Give -R once, and start another ssh for the next."
    )
    package static func sshVersionUnknown(_ user: String, known: String) -> NgrokError {
        NgrokError(code: 1106, message: "There is no version '\(user)' of the command line. Connect as \(known)@.")
    }
    package static let sshTypeMissing = NgrokError(
        code: 1107,
        message: "No type of tunnel was given. Write 'tls' behind the host: ssh -R 443:localhost:9443 v2@HOST tls"
    )
    package static func sshTypeUnknown(_ type: String) -> NgrokError {
        NgrokError(code: 1108, message: "'\(type)' is no type of tunnel that this edge has. Write 'tls'.")
    }
    package static func sshFlagUnsupported(_ flag: String, because reason: String) -> NgrokError {
        NgrokError(code: 1109, message: "\(flag) cannot be used over SSH: \(reason).")
    }
    package static func sshCommandInvalid(_ problem: String) -> NgrokError {
        NgrokError(code: 1110, message: "The command 'tls' cannot be read: \(problem). 'tls --help' lists its flags.")
    }
    package static let sshSessionMissing = NgrokError(
        code: 1111,
        message: "No command came in time. Write 'tls' behind the host, and leave -N out."
    )
    package static let sshForwardMissing = NgrokError(
        code: 1112,
        message: "No port forward was asked for in time. Add -R 443:localhost:9443, or -R NAME:443:localhost:9443."
    )
    package static func sshPortInvalid(_ port: UInt32) -> NgrokError {
        NgrokError(code: 1113, message: "'tls' has port 443, and not \(port). Write -R 443:… or -R 0:…")
    }
    package static func sshNameTwice(_ address: String, flag: String) -> NgrokError {
        NgrokError(
            code: flag == "--subdomain" ? 1119 : 1118,
            message: "The name is in -R '\(address)' and in \(flag). Give it in one of them."
        )
    }
    package static func sshNameFlagsTwice(_ flags: [String]) -> NgrokError {
        NgrokError(code: 1120, message: "The name is in \(flags.joined(separator: " and ")). Give it in one of them.")
    }
    package static let sshUpdateUnsupported = NgrokError(
        code: 1121,
        message: "An SSH session cannot be updated: its program is its user's."
    )
    package static let sshRestartUnsupported = NgrokError(
        code: 1122,
        message: "An SSH session cannot be restarted: nothing at its end would connect again. Stop it instead."
    )
}
