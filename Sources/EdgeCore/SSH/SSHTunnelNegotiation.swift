package import AgentProtocol

/// How an SSH client that has proved its key comes to its endpoint: it asks for one forwarded port and gives one command, in
/// whichever order. No I/O.
///
/// The answer to the port does not wait for the command, since there are clients that give none before they have it. Whether the
/// name can be had is told on the terminal.
package struct SSHTunnelNegotiation: Sendable {
    /// What is to be done when something has come.
    package enum Step: Hashable, Sendable {
        case wait
        case start(Bind)
        /// The end, and good.
        case help
        case fail(NgrokError)
    }

    /// The version of the command line, which a client says as its user.
    package static let version = "v2"
    /// ngrok's, and the edge's only one.
    private static let port: UInt16 = 443
    /// Addresses that say where a server would listen, and name nobody: what clients send where their user gave no name.
    private static let unnamed: Set = ["", "*", "localhost", "0.0.0.0", "::", "127.0.0.1", "::1"]

    private struct Forward: Hashable {
        /// As it was asked for, and as each connection has to name it.
        let address: String
    }

    private var forward: Forward?
    private var command: SSHTunnelCommand?
    /// What there is to tell as soon as there is a terminal.
    private var failure: NgrokError?
    private var hasCommand = false
    /// It has come to a start or an end.
    private var isSettled = false

    /// - Parameter failure: What speaks against the client already.
    package init(user: String, failure: NgrokError? = nil) {
        self.failure = failure
        if user != Self.version { self.failure = .sshVersionUnknown(user, known: Self.version) }
    }

    /// - Parameter port: 32 bits on the wire.
    /// - Returns: the port that is forwarded, or `nil` where it is refused.
    package mutating func forwardAsked(address: String, port: UInt32) -> (port: UInt16?, step: Step) {
        guard self.forward == nil else {
            if self.isSettled { return (nil, .wait) }
            return (nil, self.fail(.sshSecondForward))
        }
        guard port == 0 || port == Self.port else { return (nil, self.fail(.sshPortInvalid(port))) }
        guard self.failure == nil, !self.isSettled else { return (nil, .wait) }
        self.forward = Forward(address: address)
        return (Self.port, self.proceed())
    }

    /// - Parameter text: `nil` where a shell was asked for.
    package mutating func commandGiven(_ text: String?) -> Step {
        guard !self.hasCommand, !self.isSettled else { return .wait }
        self.hasCommand = true
        if let failure { return self.settle(.fail(failure)) }
        do throws(NgrokError) {
            self.command = try SSHTunnelCommand(text)
        } catch {
            return self.settle(.fail(error))
        }
        return self.proceed()
    }

    /// What there is to tell a client that has not come to its endpoint in time.
    package mutating func timePassed() -> Step {
        guard !self.isSettled else { return .wait }
        return self.settle(.fail(self.failure ?? (self.hasCommand ? .sshForwardMissing : .sshSessionMissing)))
    }

    private mutating func fail(_ error: NgrokError) -> Step {
        self.failure = self.failure ?? error
        return self.hasCommand ? self.settle(.fail(error)) : .wait
    }

    private mutating func proceed() -> Step {
        switch self.command {
        case nil: return .wait
        case .help: return self.settle(.help)
        case .tls(let flags):
            guard let forward else { return .wait }
            do throws(NgrokError) {
                let name = Self.unnamed.contains(forward.address) ? "" : forward.address
                return self.settle(.start(try flags.bind(address: name)))
            } catch {
                return self.settle(.fail(error))
            }
        }
    }

    private mutating func settle(_ step: Step) -> Step {
        self.isSettled = true
        return step
    }
}
