internal import Glibc

/// The signals that a program can be sent, under the names that shells and target files use.
package enum ProcessSignal: String, CaseIterable, Hashable, Sendable {
    case hangUp = "HUP"
    case interrupt = "INT"
    case quit = "QUIT"
    case kill = "KILL"
    case user1 = "USR1"
    case user2 = "USR2"
    case terminate = "TERM"
}

extension ProcessSignal {
    var number: Int32 {
        switch self {
        case .hangUp: SIGHUP
        case .interrupt: SIGINT
        case .quit: SIGQUIT
        case .kill: SIGKILL
        case .user1: SIGUSR1
        case .user2: SIGUSR2
        case .terminate: SIGTERM
        }
    }
}
