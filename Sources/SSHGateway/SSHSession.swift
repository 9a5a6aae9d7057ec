import Addresses
import CLibSSH

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One SSH connection on the gateway's thread: libssh's session, driven by what its socket is ready for.
///
/// libssh reads as soon as it is called and keeps what it cannot write. So it is called only when there is something to read and
/// room to keep it, and gets nothing to write before it has written what it had.
///
/// `@safe`: libssh's session and the callbacks that it knows live until ``end(because:)``, after which nothing is called.
@safe
final class SSHSession: Pollable {
    /// As much as libssh reads in one call.
    private static let readSize = 4_096
    /// Calls in one turn: as many bytes as one connection takes at once, and the others have their turn.
    private static let roundLimit = 64
    /// Requests for authentication, of whatever kind; an honest client has one for each key and two besides.
    private static let authenticationLimit = 24
    /// Connections that are closed here and not yet at the client. An honest client has some for a round trip.
    private static let closingLimit = 4_096

    let number: UInt64
    unowned let core: GatewayCore
    let owner: any SSHConnectionOwner
    private let descriptor: Int32
    private let session: OpaquePointer
    private let serverCallbacks: UnsafeMutablePointer<ssh_server_callbacks_struct>
    private let counter: UnsafeMutablePointer<ssh_counter_struct>
    private var watch: Poller.Watch?
    private var interest: Poller.Readiness = []
    private var isOver = false
    /// Why it will end when the present turn is over.
    private var endReason: String?

    // Who it is.
    private var authenticationCount = 0
    private var refusedKeys: Set<[UInt8]> = []
    private(set) var isAuthenticated = false
    private let acceptedAt = ContinuousClock.now
    private var authenticatedAt: ContinuousClock.Instant?
    private var hasNegotiated = false

    // What it forwards.
    private var forward: (address: String, port: UInt16)?
    private var channels: [ObjectIdentifier: ForwardedChannel] = [:]
    /// Those with bytes for the client, each served in its turn.
    private var sending: [ForwardedChannel] = []
    /// Those whose window is closed.
    private var windowless: [ObjectIdentifier: ForwardedChannel] = [:]
    /// Those to which something has happened that is not dealt with inside of libssh.
    private var changed: [ObjectIdentifier: ForwardedChannel] = [:]
    private var openingCount = 0
    /// Bytes that came for readers who have not taken them.
    var storedCount = 0
    private var isStalled = false

    private var terminal: Terminal?
    private var farewell: (status: Int32, text: String)?
    private var leavesBy: ContinuousClock.Instant?

    // Whether it is there.
    private var heardBytes: UInt64 = 0
    private var heardAt = ContinuousClock.now
    private var askedAt: ContinuousClock.Instant?
    private var isLate = false

    init?(
        _ descriptor: Int32,
        bind: OpaquePointer,
        number: UInt64,
        owner: any SSHConnectionOwner,
        core: GatewayCore
    ) {
        guard let session = unsafe ssh_new() else {
            closeDescriptor(descriptor)
            return nil
        }
        // unsafe: the session has the descriptor from here on, and closes it with itself.
        guard unsafe ssh_bind_accept_fd(bind, session, descriptor) == SSH_OK else {
            if unsafe ssh_get_fd(session) != descriptor { closeDescriptor(descriptor) }
            unsafe ssh_free(session)
            return nil
        }
        self.number = number
        self.owner = owner
        self.core = core
        self.descriptor = descriptor
        unsafe self.session = unsafe session
        unsafe self.serverCallbacks = .allocate(capacity: 1)
        unsafe self.serverCallbacks.initialize(to: ssh_server_callbacks_struct())
        unsafe self.counter = .allocate(capacity: 1)
        unsafe self.counter.initialize(to: ssh_counter_struct())
        unsafe ssh_set_blocking(session, 0)
        unsafe ssh_set_auth_methods(session, Int32(bitPattern: UInt32(SSH_AUTH_METHOD_PUBLICKEY)))
        unsafe ssh_set_counters(session, self.counter, nil)
        self.setCallbacks()
    }

    private func setCallbacks() {
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe self.serverCallbacks.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        unsafe self.serverCallbacks.pointee.userdata = own
        unsafe self.serverCallbacks.pointee.auth_pubkey_function = { _, user, key, state, own in
            unsafe SSHSession.called(own).offered(key, by: user, state: state)
        }
        unsafe self.serverCallbacks.pointee.channel_open_request_session_function = { _, own in
            unsafe SSHSession.called(own).terminalAsked()
        }
        unsafe ssh_set_server_callbacks(self.session, self.serverCallbacks)
        unsafe ssh_set_message_callback(
            self.session,
            { _, message, own in unsafe SSHSession.called(own).asked(message) },
            own
        )
    }

    /// The session whose callback this is. libssh calls only while the session's owner, the core, has it.
    static func called(_ own: UnsafeMutableRawPointer?) -> SSHSession {
        guard let own = unsafe own else { fatalError("libssh calls without what it was given") }
        return unsafe Unmanaged<SSHSession>.fromOpaque(own).takeUnretainedValue()
    }

    /// Says the server's first words.
    func begin() {
        self.watch = self.core.poller.add(self, descriptor: self.descriptor, for: .read)
        guard self.watch != nil, unsafe ssh_handle_key_exchange(self.session) != SSH_ERROR else {
            self.end(because: self.trouble ?? "the system has no room for it")
            return
        }
        self.carryOn()
    }

    // MARK: Turns

    func ready(_ readiness: Poller.Readiness) { self.turn(reading: true) }

    /// After something was asked of it from outside.
    func carryOn() { self.turn(reading: false) }

    private func turn(reading: Bool) {
        guard !self.isOver else { return }
        if reading, !self.isStalled {
            let count = shim_readable_bytes(self.descriptor)
            let rounds = min(Self.roundLimit, max(1, (Int(count) + Self.readSize - 1) / Self.readSize))
            for _ in 0..<rounds where self.endReason == nil { self.process() }
        }
        self.settle()
        self.send()
        self.settle()
        if let endReason { return self.end(because: endReason) }
        self.noteStored()
        self.rearm()
    }

    /// Has libssh read once, and write what it has.
    private func process() {
        guard self.endReason == nil else { return }
        _ = unsafe ssh_execute_message_callbacks(self.session)
        if unsafe ssh_get_status(self.session) & (SSH_CLOSED | SSH_CLOSED_ERROR) != 0 {
            self.endReason = self.trouble ?? "the connection is closed"
        }
    }

    /// What libssh says went wrong.
    private var trouble: String? {
        let text = unsafe shim_error_of_session(self.session).map { unsafe String(cString: $0) } ?? ""
        return text.isEmpty ? nil : text
    }

    /// libssh has bytes that the socket has not taken, or does not know yet that it would.
    private var isWriting: Bool { unsafe ssh_get_poll_flags(self.session) & SSH_WRITE_PENDING != 0 }

    /// Whether there is room for more to write: nothing that was written before waits.
    private func hasRoom() -> Bool {
        // One call writes, and the next finds that there is nothing left.
        for _ in 0..<2 where self.isWriting && !self.isStalled { self.process() }
        return self.endReason == nil && !self.isWriting
    }

    private func send() {
        self.sayWhatThereIs()
        guard self.isAuthenticated else { return }
        if !self.windowless.isEmpty {
            for channel in self.windowless.values where channel.hasWindow {
                self.windowless[ObjectIdentifier(channel)] = nil
                self.sending.append(channel)
            }
        }
        var next = 0
        var again: [ForwardedChannel] = []
        var served = 0
        while self.endReason == nil, next < self.sending.count || !again.isEmpty, served < Self.roundLimit {
            if next == self.sending.count {
                self.sending = again
                again = []
                next = 0
            }
            guard self.hasRoom() else { break }
            let channel = self.sending[next]
            next += 1
            served += 1
            switch channel.pump() {
            case .more: again.append(channel)
            case .empty: channel.awaitBytes()
            case .noWindow: self.windowless[ObjectIdentifier(channel)] = channel
            case .ended: break
            }
        }
        self.sending = Array(self.sending[next...]) + again
    }

    /// What has happened to connections inside of libssh's calls.
    private func settle() {
        if self.openingCount > 0 {
            for channel in self.channels.values where channel.isOpening { channel.lookWhetherOpen() }
        }
        while let (_, channel) = self.changed.popFirst() { channel.settle() }
    }

    private func rearm() {
        guard let watch, unsafe ssh_get_fd(self.session) == self.descriptor else { return }
        var wanted: Poller.Readiness = self.isStalled ? [] : self.isWriting ? .write : .read
        // What waits for its turn has it at once where the socket has room.
        if !self.sending.isEmpty, !self.isStalled { wanted.insert(.write) }
        guard wanted != self.interest else { return }
        self.interest = wanted
        self.core.poller.change(watch, descriptor: self.descriptor, to: wanted)
    }

    private func noteStored() {
        let limit = self.core.settings.storedLimit
        self.isStalled = self.storedCount > (self.isStalled ? limit / 2 : limit)
    }

    // MARK: Who it is

    private func offered(_ key: OpaquePointer?, by user: UnsafePointer<CChar>?, state: CChar) -> Int32 {
        self.authenticationCount += 1
        guard self.authenticationCount <= Self.authenticationLimit else {
            self.endReason = "it asks too often to be let in"
            return Int32(SSH_AUTH_DENIED.rawValue)
        }
        guard !self.isAuthenticated, let blob = unsafe KeyBlob.read(key) else {
            return Int32(SSH_AUTH_DENIED.rawValue)
        }
        guard self.owner.knows(key: blob) else {
            self.refusedKeys.insert(blob)
            let limit = self.core.settings.keyLimit
            if self.refusedKeys.count >= limit {
                self.leave(saying: self.owner.refusal(ofKeys: self.refusedKeys.count, limit: limit))
            }
            return Int32(SSH_AUTH_DENIED.rawValue)
        }
        switch Int32(state) {
        case SSH_PUBLICKEY_STATE_NONE.rawValue: return Int32(SSH_AUTH_SUCCESS.rawValue)
        case SSH_PUBLICKEY_STATE_VALID.rawValue: break
        default: return Int32(SSH_AUTH_DENIED.rawValue)
        }
        self.isAuthenticated = true
        self.authenticatedAt = .now
        let client = unsafe ssh_get_clientbanner(self.session).map { unsafe String(cString: $0) } ?? ""
        self.owner.authenticated(
            user: unsafe user.map { unsafe String(cString: $0) } ?? "",
            key: blob,
            client: client
        )
        return Int32(SSH_AUTH_SUCCESS.rawValue)
    }

    /// - Returns: 1 for libssh's own answer, which refuses; 0 where it was answered.
    private func asked(_ message: OpaquePointer?) -> Int32 {
        let type = unsafe UInt32(bitPattern: ssh_message_type(message))
        switch type {
        case SSH_REQUEST_AUTH.rawValue:
            self.authenticationCount += 1
            if self.authenticationCount > Self.authenticationLimit { self.endReason = "it asks too often to be let in" }
            return 1
        case SSH_REQUEST_GLOBAL.rawValue:
            guard self.isAuthenticated else { return 1 }
            return unsafe self.askedGlobally(message)
        default: return 1
        }
    }

    private func askedGlobally(_ message: OpaquePointer?) -> Int32 {
        let subtype = unsafe UInt32(bitPattern: ssh_message_subtype(message))
        switch subtype {
        case UInt32(SSH_GLOBAL_REQUEST_TCPIP_FORWARD.rawValue):
            let address = unsafe ssh_message_global_request_address(message).map { unsafe String(cString: $0) } ?? ""
            let port = unsafe UInt32(bitPattern: ssh_message_global_request_port(message))
            guard let bound = self.owner.forwardAsked(address: address, port: port) else { return 1 }
            self.forward = (address, bound)
            _ = unsafe ssh_message_global_request_reply_success(message, bound)
            return 0
        case UInt32(SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD.rawValue):
            guard self.forward != nil else { return 1 }
            self.forward = nil
            _ = unsafe ssh_message_global_request_reply_success(message, 0)
            self.owner.forwardCancelled()
            return 0
        default: return 1
        }
    }

    // MARK: Its terminal

    private func terminalAsked() -> OpaquePointer? {
        guard self.isAuthenticated else { return nil }
        guard self.terminal == nil else {
            self.owner.sessionRefused()
            return nil
        }
        guard let terminal = unsafe Terminal(of: self.session, owner: self.owner) else { return nil }
        self.terminal = terminal
        return unsafe terminal.channel
    }

    func tell(_ text: String, isTrouble: Bool) { self.terminal?.say(text, isTrouble: isTrouble) }

    func finish(status: Int32, saying text: String) {
        guard self.farewell == nil, !self.isOver else { return }
        self.farewell = (status, text)
        self.leavesBy = .now + self.core.settings.farewellTime
        if let terminal, terminal.isOpen { terminal.say(text, isTrouble: status != 0) }
    }

    private func sayWhatThereIs() {
        // It has said everything, and its client leaves by itself.
        if let terminal, terminal.hasFinished { return }
        guard let terminal, terminal.isOpen else {
            if let farewell { self.leave(saying: farewell.text) }
            return
        }
        while terminal.hasWords, self.hasRoom() { if !terminal.speak() { break } }
        if let farewell, !terminal.hasWords, self.hasRoom() { terminal.finish(status: farewell.status) }
    }

    // MARK: Its connections

    func open(
        for originator: TransportAddress,
        then: @escaping @Sendable (Result<SSHForward, SSHForwardError>) -> Void
    ) {
        guard let forward, !self.isOver, self.endReason == nil, self.farewell == nil else {
            return then(.failure(.sessionEnded))
        }
        guard self.openingCount < self.core.settings.openingLimit else { return then(.failure(.tooManyWaiting)) }
        guard let channel = unsafe ForwardedChannel(of: self.session, in: self, then: then) else {
            return then(.failure(.noDescriptor))
        }
        self.channels[ObjectIdentifier(channel)] = channel
        self.openingCount += 1
        channel.open(address: forward.address, port: forward.port, originator: originator)
    }

    func isNoLongerOpening() { self.openingCount -= 1 }

    func hasChanged(_ channel: ForwardedChannel) { self.changed[ObjectIdentifier(channel)] = channel }

    func hasBytes(_ channel: ForwardedChannel) { self.sending.append(channel) }

    func isGone(_ channel: ForwardedChannel) {
        let id = ObjectIdentifier(channel)
        self.channels[id] = nil
        self.windowless[id] = nil
        self.sending.removeAll { $0 === channel }
    }

    /// It is closed here, and its client has not said the same.
    func isClosing(_ channel: ForwardedChannel) {
        self.windowless[ObjectIdentifier(channel)] = nil
        self.sending.removeAll { $0 === channel }
        if self.channels.values.count(where: \.isClosing) > Self.closingLimit {
            self.fail("it does not close its channels")
        }
    }

    /// Ends it behind the present turn.
    func fail(_ reason: String) { self.endReason = self.endReason ?? reason }

    // MARK: Time

    func lookAtDeadlines(_ now: ContinuousClock.Instant) {
        guard !self.isOver else { return }
        let settings = self.core.settings
        if !self.isAuthenticated, now >= self.acceptedAt + settings.authenticationTime {
            return self.end(because: "it has not said in time who it is")
        }
        if let leavesBy, now >= leavesBy {
            return self.disconnect(saying: self.farewell?.text ?? "")
        }
        if let authenticatedAt, !self.hasNegotiated, now >= authenticatedAt + settings.negotiationTime {
            self.hasNegotiated = true
            self.owner.negotiationTimePassed()
        }
        for channel in self.channels.values where channel.isOpening { channel.lookAtDeadline(now) }
        self.lookWhetherItIsThere(now)
        self.carryOn()
    }

    private func lookWhetherItIsThere(_ now: ContinuousClock.Instant) {
        let settings = self.core.settings
        let bytes = unsafe self.counter.pointee.in_bytes
        if bytes != self.heardBytes || self.isStalled {
            self.heardBytes = bytes
            self.heardAt = now
            self.askedAt = nil
            if self.isLate {
                self.isLate = false
                self.owner.heartbeat(isAnswered: true)
            }
            return
        }
        guard self.isAuthenticated else { return }
        if let askedAt {
            if now >= askedAt + settings.keepaliveTolerance { return self.fail("it does not answer keepalives") }
            if !self.isLate, now >= askedAt + settings.keepaliveTolerance / 4 {
                self.isLate = true
                self.owner.heartbeat(isAnswered: false)
            }
        } else if now >= self.heardAt + settings.keepaliveInterval {
            // The first call takes note of an earlier answer, where there was one, and then nothing is sent by it.
            _ = unsafe ssh_send_keepalive(self.session)
            _ = unsafe ssh_send_keepalive(self.session)
            self.askedAt = now
        }
    }

    // MARK: The end

    /// Ends it with a farewell that needs no terminal, behind the present turn.
    private func leave(saying text: String) {
        guard self.endReason == nil else { return }
        self.endReason = text
        self.parting = text
    }

    private var parting: String?

    /// Ends it with a farewell that needs no terminal, now.
    func disconnect(saying text: String) {
        self.parting = text
        self.end(because: text)
    }

    private func end(because reason: String) {
        guard !self.isOver else { return }
        self.isOver = true
        if let parting, unsafe ssh_get_fd(self.session) == self.descriptor {
            self.endReason = nil
            for _ in 0..<4 where self.isWriting { self.process() }
            unsafe ssh_session_set_disconnect_message(self.session, Self.oneLine(parting))
        }
        if let watch {
            let isOpen = unsafe ssh_get_fd(self.session) == self.descriptor
            self.core.poller.remove(watch, descriptor: isOpen ? self.descriptor : nil)
            self.watch = nil
        }
        // Before libssh frees them, which the farewell does too.
        for channel in Array(self.channels.values) { channel.sessionEnded() }
        self.terminal?.sessionEnded()
        if self.parting != nil { unsafe ssh_disconnect(self.session) }
        unsafe ssh_free(self.session)
        unsafe self.serverCallbacks.deallocate()
        unsafe self.counter.deallocate()
        self.core.ended(self.number)
        self.owner.ended(because: Self.oneLine(reason))
    }

    /// As a farewell has it: a client prints it behind words of its own.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
