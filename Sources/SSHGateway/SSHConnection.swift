package import Addresses
import Synchronization

/// One SSH connection as its owner knows it. From any thread: what is asked for is done a moment later, on the gateway's.
package final class SSHConnection: Sendable {
    /// A client's own address.
    package let peer: TransportAddress
    /// The gateway's own address that the client came to.
    package let server: TransportAddress
    private let thread: GatewayThread
    private let number: UInt64

    init(peer: TransportAddress, server: TransportAddress, thread: GatewayThread, number: UInt64) {
        self.peer = peer
        self.server = server
        self.thread = thread
        self.number = number
    }

    /// Has the SSH client connect to what it forwards to, for somebody who has come to the forwarded port.
    ///
    /// - Parameters:
    ///   - originator: Whose connection it is.
    ///   - then: Gets the connection when the SSH client has made its own, or why there is none. On the gateway's thread.
    package func open(
        for originator: TransportAddress,
        then: @escaping @Sendable (Result<SSHForward, SSHForwardError>) -> Void
    ) {
        let isTaken = self.perform(otherwise: { then(.failure(.sessionEnded)) }) {
            $0.open(for: originator, then: then)
        }
        if !isTaken { then(.failure(.sessionEnded)) }
    }

    /// Says something on the terminal.
    package func tell(_ text: String) { self.perform { $0.tell(text, isTrouble: false) } }

    /// Says something on the terminal, and ends the session: with this status of its command, or where it has none with the text
    /// as a farewell.
    package func finish(status: Int32, saying text: String) {
        self.perform { $0.finish(status: status, saying: text) }
    }

    @discardableResult
    private func perform(
        otherwise: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (SSHSession) -> Void
    ) -> Bool {
        let number = self.number
        return self.thread.submit { core in
            guard let session = core.session(number) else { return otherwise() }
            body(session)
            session.carryOn()
        }
    }
}

/// Who decides about an SSH connection. Called on the gateway's thread, where all sessions wait for the answer: what takes long is
/// done elsewhere.
package protocol SSHConnectionOwner: AnyObject, Sendable {
    /// Whether a client that offers this key may prove to have it. The key is as it goes over the wire.
    func knows(key: [UInt8]) -> Bool
    /// It has proved that.
    ///
    /// - Parameter client: What the client calls itself, such as `SSH-2.0-OpenSSH_9.2p1`: at most 127 bytes of anything.
    func authenticated(user: String, key: [UInt8], client: String)
    /// What a client is told that has offered more keys than it may.
    func refusal(ofKeys count: Int, limit: Int) -> String
    /// - Returns: the port that is forwarded; `nil` refuses.
    func forwardAsked(address: String, port: UInt32) -> UInt16?
    /// The client wants the forwarded port back.
    func forwardCancelled()
    /// - Parameter text: `nil` for a shell.
    func commandGiven(_ text: String?)
    /// Another session was asked for beside the first, and refused.
    func sessionRefused()
    /// Ctrl-C, which a terminal in its raw mode sends as a byte.
    func interrupted()
    /// The time for port and command is over.
    func negotiationTimePassed()
    /// A keepalive is not answered, or is again.
    func heartbeat(isAnswered: Bool)
    /// Nothing follows.
    func ended(because reason: String)
}

/// One connection through an SSH client, with a socket for its bytes.
package final class SSHForward: Sendable {
    /// A connected Unix stream socket, which is the taker's to close. Its two directions end one by one.
    package let socket: Int32

    private struct State {
        var isCut = false
        var whenCut: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    init(socket: Int32) { self.socket = socket }

    /// Told when the connection ends before its time, with its SSH session or by the client: then what came is not the whole, and
    /// the socket does not end until the taker closes it. At once where that has happened.
    package func whenCut(_ body: @escaping @Sendable () -> Void) {
        let isCut = self.state.withLock { state in
            state.whenCut = body
            return state.isCut
        }
        if isCut { body() }
    }

    func cut() {
        let body = self.state.withLock { state in
            state.isCut = true
            return state.whenCut
        }
        body?()
    }
}

/// Why an SSH client has made no connection.
package enum SSHForwardError: Error, Hashable, Sendable {
    case sessionEnded
    /// The client could not, or did not want to.
    case refused
    /// It has not answered in time.
    case timedOut
    /// So many of this session wait for an answer already.
    case tooManyWaiting
    case noDescriptor
}
