import Addresses
import CLibSSH

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the gateway's thread has: who listens, the sessions, and what is left of their connections.
///
/// `@safe`: libssh's bind lives as long as the object.
@safe
final class GatewayCore {
    typealias Accepting = @Sendable (SSHConnection) -> (any SSHConnectionOwner)?

    let settings: SSHGateway.Settings
    let poller: Poller
    /// One for all, since nothing stays in it: a packet's worth of bytes on their way to an SSH client.
    var scratch = [UInt8](repeating: 0, count: 32 << 10)
    private let thread: GatewayThread
    private let bind: OpaquePointer
    private var listeners: [Listener] = []
    private var sessions: [UInt64: SSHSession] = [:]
    private var lastNumber: UInt64 = 0
    /// Sockets of connections that were cut, until their other ends are closed.
    private var leftovers: [ObjectIdentifier: Leftover] = [:]
    private var isOver = false
    /// Looked at once in a while: everything that has a deadline counts seconds.
    private static let tick = Duration.seconds(1)
    private var nextTick = ContinuousClock.now + GatewayCore.tick

    /// Algorithms without known weakness that cost the gateway little: a group that the client chooses would be 8,192 bits.
    private static let keyExchange =
        "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
    private static let ciphers =
        "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-ctr"
    private static let macs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
    private static let userKeys =
        "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
        + "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256"

    /// `nil` where the system has no descriptor or no memory left.
    init?(_ settings: SSHGateway.Settings, hostKey: SSHHostKey, thread: GatewayThread) {
        guard let poller = Poller(), let bind = unsafe ssh_bind_new() else { return nil }
        self.settings = settings
        self.poller = poller
        self.thread = thread
        unsafe self.bind = unsafe bind
        var isGood = unsafe shim_ignore_host_configuration(bind) == 0
        if let key = unsafe hostKey.copy() {
            isGood = unsafe shim_import_key(bind, key) == 0 && isGood
        } else {
            isGood = false
        }
        let options: [(ssh_bind_options_e, String)] = [
            (SSH_BIND_OPTIONS_KEY_EXCHANGE, Self.keyExchange), (SSH_BIND_OPTIONS_CIPHERS_C_S, Self.ciphers),
            (SSH_BIND_OPTIONS_CIPHERS_S_C, Self.ciphers), (SSH_BIND_OPTIONS_HMAC_C_S, Self.macs),
            (SSH_BIND_OPTIONS_HMAC_S_C, Self.macs), (SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, Self.userKeys),
            (SSH_BIND_OPTIONS_BANNER, "shakedown-edge"),
        ]
        for (option, text) in options {
            // unsafe: libssh copies the text.
            isGood = unsafe ssh_bind_options_set(bind, option, text) == 0 && isGood
        }
        guard isGood, poller.add(Waker(), descriptor: thread.descriptor, for: .read) != nil else {
            unsafe ssh_bind_free(bind)
            return nil
        }
    }

    deinit { unsafe ssh_bind_free(self.bind) }

    /// Its tasks are looked for after every wait.
    private final class Waker: Pollable {
        func ready(_ readiness: Poller.Readiness) {}
    }

    func run() {
        while !self.isOver {
            let rest = ContinuousClock.now.duration(to: self.nextTick)
            self.poller.wait(milliseconds: max(0, Int32(rest / .milliseconds(1)) + 1))
            for task in self.thread.takeTasks() { task(self) }
            if ContinuousClock.now >= self.nextTick { self.lookAtDeadlines() }
        }
        // Whoever waits for a connection is told that there is none.
        for task in self.thread.end() { task(self) }
    }

    private func lookAtDeadlines() {
        let now = ContinuousClock.now
        self.nextTick = now + Self.tick
        for session in self.sessions.values { session.lookAtDeadlines(now) }
        for leftover in self.leftovers.values where leftover.until <= now { leftover.end() }
        for listener in self.listeners { listener.resume() }
    }

    // MARK: Listening

    func listen(_ descriptor: Int32, accept: @escaping Accepting) {
        guard let listener = Listener(descriptor, core: self, accept: accept) else { return }
        self.listeners.append(listener)
    }

    func stopListening() {
        for listener in self.listeners { listener.end() }
        self.listeners = []
    }

    func close(saying reason: String) {
        self.stopListening()
        for session in Array(self.sessions.values) { session.disconnect(saying: reason) }
        for leftover in Array(self.leftovers.values) { leftover.end() }
        self.isOver = true
    }

    fileprivate func begin(
        _ descriptor: Int32,
        peer: TransportAddress,
        server: TransportAddress,
        accept: Accepting
    ) {
        self.lastNumber += 1
        let connection = SSHConnection(peer: peer, server: server, thread: self.thread, number: self.lastNumber)
        guard let owner = accept(connection) else {
            closeDescriptor(descriptor)
            return
        }
        guard
            let session = unsafe SSHSession(
                descriptor,
                bind: self.bind,
                number: self.lastNumber,
                owner: owner,
                core: self
            )
        else {
            owner.ended(because: "the system has no room for it")
            return
        }
        self.sessions[self.lastNumber] = session
        session.begin()
    }

    // MARK: Sessions

    func session(_ number: UInt64) -> SSHSession? { self.sessions[number] }

    func ended(_ number: UInt64) { self.sessions[number] = nil }

    /// Keeps a socket until its other end is closed, so that nobody takes its end for that of what it carried.
    func keep(_ socket: Int32) {
        guard let leftover = Leftover(socket, core: self) else { return }
        self.leftovers[ObjectIdentifier(leftover)] = leftover
    }

    fileprivate func forget(_ leftover: Leftover) { self.leftovers[ObjectIdentifier(leftover)] = nil }
}

/// A socket that takes connections.
private final class Listener: Pollable {
    private let descriptor: Int32
    private unowned let core: GatewayCore
    private let accept: GatewayCore.Accepting
    private var watch: Poller.Watch?
    private var isPaused = false

    init?(_ descriptor: Int32, core: GatewayCore, accept: @escaping GatewayCore.Accepting) {
        self.descriptor = descriptor
        self.core = core
        self.accept = accept
        self.watch = core.poller.add(self, descriptor: descriptor, for: .read)
        guard self.watch != nil else {
            close(descriptor)
            return nil
        }
    }

    func ready(_ readiness: Poller.Readiness) {
        // Some at a time, so that those who are here are served between those who come.
        for _ in 0..<16 {
            guard let (descriptor, peer, own) = ListeningSocket.accept(self.descriptor) else {
                // Without a descriptor left the connection stays where it is, and would be told of for ever.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno), let watch {
                    self.core.poller.change(watch, descriptor: self.descriptor, to: [])
                    self.isPaused = true
                }
                return
            }
            self.core.begin(descriptor, peer: peer, server: own, accept: self.accept)
        }
    }

    /// Tries again, a second after there was no descriptor left.
    func resume() {
        guard self.isPaused, let watch else { return }
        self.isPaused = false
        self.core.poller.change(watch, descriptor: self.descriptor, to: .read)
    }

    func end() {
        guard let watch else { return }
        self.core.poller.remove(watch, descriptor: self.descriptor)
        self.watch = nil
        close(self.descriptor)
    }
}

/// The socket of a connection that was cut.
private final class Leftover: Pollable {
    /// Its other end was told, and closes at once.
    private static let time = Duration.seconds(10)

    let until = ContinuousClock.now + Leftover.time
    private let socket: Int32
    private unowned let core: GatewayCore
    private var watch: Poller.Watch?

    init?(_ socket: Int32, core: GatewayCore) {
        self.socket = socket
        self.core = core
        self.watch = core.poller.add(self, descriptor: socket, for: [])
        guard self.watch != nil else {
            close(socket)
            return nil
        }
    }

    func ready(_ readiness: Poller.Readiness) {
        if !readiness.isDisjoint(with: .hungUp) { self.end() }
    }

    func end() {
        guard let watch else { return }
        self.watch = nil
        self.core.poller.remove(watch, descriptor: self.socket)
        close(self.socket)
        self.core.forget(self)
    }
}
