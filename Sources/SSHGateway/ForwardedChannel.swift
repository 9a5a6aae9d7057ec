import Addresses
import CLibSSH

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One connection through an SSH client: a channel of libssh on the one side, a socket on the other, and as few bytes as can be
/// between them.
///
/// To the client goes what its window takes, read from the socket at the moment it is sent. From the client comes what libssh's
/// window has let it send, up to 1.3 MB; what the socket does not take of that waits here, and as much again in libssh, whose
/// window opens no further then. It must be taken out of libssh whole: with every part that is, the window would open again.
///
/// `@safe`: libssh's channel lives until ``release()`` or the session's end, and its callbacks as long.
@safe
final class ForwardedChannel: Pollable {
    typealias Opening = @Sendable (Result<SSHForward, SSHForwardError>) -> Void

    /// What became of a channel's turn to send.
    enum Pumping {
        case more
        /// The socket has nothing.
        case empty
        /// The client takes nothing for now.
        case noWindow
        /// Nothing follows.
        case ended
    }

    /// Twice what libssh's window lets a client send. Who sends more heeds no window.
    private static let heldLimit = 2 * 1_280_000

    private unowned let session: SSHSession
    private let channel: OpaquePointer
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>

    private var opening: Opening?
    private(set) var isOpening = true
    private let openedBy: ContinuousClock.Instant
    private var destination: (address: String, port: UInt16, originator: TransportAddress)?

    private var forward: SSHForward?
    private var socket: Int32 = -1
    private var watch: Poller.Watch?
    private var interest: Poller.Readiness = []

    /// Of the client, and for the socket.
    private var undelivered: [UInt8] = []
    private var delivered = 0
    /// Of those behind that are in libssh still.
    private var held = 0
    private var counted = 0
    /// Of the socket, and for the client.
    private var unsent: ArraySlice<UInt8> = []

    private var hasEndedInput = false
    private var hasEndedOutput = false
    private var clientHasEnded = false
    private var clientHasClosed = false
    private var isHungUp = false
    /// Our own CLOSE is sent.
    private(set) var isClosing = false
    private var isReleased = false

    init?(of session: OpaquePointer, in owner: SSHSession, then opening: @escaping Opening) {
        guard let channel = unsafe ssh_channel_new(session) else { return nil }
        self.session = owner
        unsafe self.channel = unsafe channel
        self.opening = opening
        self.openedBy = .now + owner.core.settings.openingTime
        unsafe self.callbacks = .allocate(capacity: 1)
        unsafe self.callbacks.initialize(to: ssh_channel_callbacks_struct())
        unsafe self.callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        unsafe self.callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe self.callbacks.pointee.channel_data_function = { _, _, data, count, isStandardError, own in
            let bytes = unsafe UnsafeRawBufferPointer(start: data, count: isStandardError == 0 ? Int(count) : 0)
            guard unsafe !bytes.isEmpty else { return Int32(clamping: count) }
            return unsafe Int32(clamping: ForwardedChannel.called(own).received(bytes))
        }
        unsafe self.callbacks.pointee.channel_eof_function = { _, _, own in
            unsafe ForwardedChannel.called(own).clientEnded(isClosed: false)
        }
        unsafe self.callbacks.pointee.channel_close_function = { _, _, own in
            unsafe ForwardedChannel.called(own).clientEnded(isClosed: true)
        }
        unsafe ssh_set_channel_callbacks(channel, self.callbacks)
    }

    private static func called(_ own: UnsafeMutableRawPointer?) -> ForwardedChannel {
        guard let own = unsafe own else { fatalError("libssh calls without what it was given") }
        return unsafe Unmanaged<ForwardedChannel>.fromOpaque(own).takeUnretainedValue()
    }

    // MARK: Opening

    func open(address: String, port: UInt16, originator: TransportAddress) {
        self.destination = (address, port, originator)
        self.lookWhetherOpen()
    }

    /// Asks libssh, which tells nobody.
    func lookWhetherOpen() {
        guard self.isOpening, let destination else { return }
        let result = unsafe ssh_channel_open_reverse_forward(
            self.channel,
            destination.address,
            Int32(destination.port),
            destination.originator.ip.description,
            Int32(destination.originator.port)
        )
        switch result {
        case SSH_AGAIN: break
        case SSH_OK: self.isThere()
        default:
            self.isNotOpening()
            self.answer(.failure(.refused))
            self.session.hasChanged(self)
        }
    }

    func lookAtDeadline(_ now: ContinuousClock.Instant) {
        // The client may answer later still, and is told then that nobody wants it any more.
        if now >= self.openedBy { self.answer(.failure(.timedOut)) }
    }

    private func answer(_ result: Result<SSHForward, SSHForwardError>) {
        let opening = self.opening
        self.opening = nil
        opening?(result)
    }

    private func isNotOpening() {
        self.isOpening = false
        self.session.isNoLongerOpening()
    }

    private func isThere() {
        self.isNotOpening()
        guard self.opening != nil else { return self.closeChannel() }
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            self.answer(.failure(.noDescriptor))
            return self.closeChannel()
        }
        self.socket = ends[0]
        self.watch = self.session.core.poller.add(self, descriptor: self.socket, for: .read)
        self.interest = .read
        guard self.watch != nil else {
            closeDescriptor(ends[0])
            closeDescriptor(ends[1])
            self.socket = -1
            self.answer(.failure(.noDescriptor))
            return self.closeChannel()
        }
        let forward = SSHForward(socket: ends[1])
        self.forward = forward
        self.answer(.success(forward))
        self.deliver()
        self.session.hasChanged(self)
    }

    // MARK: From the client

    /// - Returns: how many of the bytes libssh need not keep.
    private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        // A service that speaks first does so in one breath with the client's answer to the opening.
        if self.isOpening {
            self.held = bytes.count
            self.count()
            return 0
        }
        // It has nobody any more who would take them.
        guard self.socket >= 0, !self.isClosing, !self.isHungUp, !self.hasEndedOutput else { return bytes.count }
        guard self.undelivered.isEmpty else {
            self.held = bytes.count
            self.count()
            if self.held > Self.heldLimit { self.session.fail("it heeds no window") }
            return 0
        }
        // unsafe: the system copies the bytes during the call.
        let sent = unsafe max(0, sendBytes(self.socket, bytes.baseAddress, bytes.count))
        if sent < bytes.count {
            unsafe self.undelivered = Array(bytes[sent...])
            self.delivered = 0
            self.count()
            self.watchSocket()
        }
        return bytes.count
    }

    private func clientEnded(isClosed: Bool) {
        self.clientHasClosed = self.clientHasClosed || isClosed
        self.clientHasEnded = self.clientHasEnded || !isClosed
        self.session.hasChanged(self)
    }

    /// Gives the socket what it takes.
    private func deliver() {
        while true {
            if self.delivered == self.undelivered.count {
                self.undelivered = []
                self.delivered = 0
                guard self.held > 0, self.takeHeld() else { break }
            }
            // unsafe: the system copies the bytes during the call.
            let sent = unsafe self.undelivered.withUnsafeBytes {
                unsafe sendBytes(
                    self.socket,
                    $0.baseAddress?.advanced(by: self.delivered),
                    $0.count - self.delivered
                )
            }
            guard sent > 0 else { break }
            self.delivered += sent
        }
        self.count()
        self.watchSocket()
    }

    /// Takes all that libssh has.
    private func takeHeld() -> Bool {
        let count = self.held
        self.held = 0
        let taken = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // unsafe: libssh writes no more than it is told. It reads nothing from its socket while it has something for us.
            let read = unsafe ssh_channel_read_nonblocking(self.channel, buffer.baseAddress, UInt32(count), 0)
            filled = max(0, Int(read))
        }
        self.undelivered = taken
        return !taken.isEmpty
    }

    private var hasDelivered: Bool { self.undelivered.isEmpty && self.held == 0 }

    /// Tells the session how many bytes wait here.
    private func count() {
        let now = self.undelivered.count - self.delivered + self.held
        self.session.storedCount += now - self.counted
        self.counted = now
    }

    // MARK: To the client

    var hasWindow: Bool { unsafe ssh_channel_window_size(self.channel) > 0 }

    /// Sends a packet's worth. Nothing that was sent before waits in libssh.
    func pump() -> Pumping {
        guard !self.isClosing, !self.clientHasClosed, self.socket >= 0 else { return .ended }
        if self.unsent.isEmpty {
            let window = unsafe Int(ssh_channel_window_size(self.channel))
            guard window > 0 else { return .noWindow }
            let count = min(window, self.session.core.scratch.count)
            // unsafe: the system writes no more than it is told.
            let read = unsafe self.session.core.scratch.withUnsafeMutableBytes {
                unsafe recv(self.socket, $0.baseAddress, count, 0)
            }
            guard read > 0 else { return self.readNothing(read) }
            self.unsent = self.session.core.scratch[..<read]
        }
        // unsafe: libssh copies the bytes. While keys are exchanged it takes none.
        let written = unsafe self.unsent.withUnsafeBytes {
            unsafe ssh_channel_write(self.channel, $0.baseAddress, UInt32($0.count))
        }
        guard written >= 0 else {
            self.closeChannel()
            return .ended
        }
        self.unsent = self.unsent.dropFirst(Int(written))
        if !self.unsent.isEmpty { self.unsent = ArraySlice(Array(self.unsent)) }
        return .more
    }

    private func readNothing(_ result: Int) -> Pumping {
        if result < 0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR { return .empty }
        self.hasEndedInput = true
        _ = unsafe ssh_channel_send_eof(self.channel)
        self.session.hasChanged(self)
        return .ended
    }

    /// The socket had nothing, and is to be watched again.
    func awaitBytes() {
        guard self.socket >= 0 else { return }
        self.waits = true
        if self.isHungUp {
            // Nothing more can come.
            _ = self.readNothing(0)
        } else {
            self.watchSocket()
        }
    }

    // MARK: The socket

    func ready(_ readiness: Poller.Readiness) {
        if !readiness.isDisjoint(with: .hungUp) {
            // It is told of for ever, and there is nobody to deliver to. What is in the socket is the client's still.
            self.isHungUp = true
            if let watch {
                self.session.core.poller.remove(watch, descriptor: self.socket)
                self.watch = nil
            }
            self.undelivered = []
            self.delivered = 0
            _ = self.held > 0 && self.takeHeld()
            self.undelivered = []
            self.count()
            // Else it has its turn already.
            if self.waits, !self.hasEndedInput {
                self.waits = false
                self.session.hasBytes(self)
            }
            self.session.hasChanged(self)
        } else {
            if readiness.contains(.write) {
                self.deliver()
                self.session.hasChanged(self)
            }
            if readiness.contains(.read), self.interest.contains(.read) {
                self.waits = false
                self.watchSocket()
                self.session.hasBytes(self)
            }
        }
        self.session.carryOn()
    }

    /// Whether it waits for bytes of the socket, and not for its turn to send some.
    private var waits = true

    private func watchSocket() {
        guard let watch else { return }
        var wanted: Poller.Readiness = []
        if self.waits, !self.hasEndedInput, !self.clientHasClosed { wanted.insert(.read) }
        if !self.hasDelivered { wanted.insert(.write) }
        guard wanted != self.interest else { return }
        self.interest = wanted
        self.session.core.poller.change(watch, descriptor: self.socket, to: wanted)
    }

    // MARK: The end

    /// Does what follows from what has happened. Not inside of libssh.
    func settle() {
        guard !self.isReleased, !self.isOpening else { return }
        if self.socket < 0 || self.isClosing {
            if self.clientHasClosed || self.socket < 0 && !self.isClosing { self.release() }
            return
        }
        if self.clientHasClosed, !self.clientHasEnded {
            // Its own connection has failed: what came is not the whole.
            self.cut()
            return self.closeChannel()
        }
        if self.isHungUp {
            if self.hasEndedInput || self.clientHasClosed { self.closeChannel() }
            return
        }
        guard self.hasDelivered else { return }
        if self.clientHasClosed { return self.closeChannel() }
        if self.clientHasEnded, !self.hasEndedOutput {
            self.hasEndedOutput = true
            shutdown(self.socket, Int32(SHUT_WR))
        }
        if self.hasEndedInput, self.hasEndedOutput { self.closeChannel() }
    }

    /// Closes socket and channel, and waits for the client to do the same.
    private func closeChannel() {
        guard !self.isClosing else { return }
        self.isClosing = true
        self.closeSocket()
        _ = unsafe ssh_channel_close(self.channel)
        self.session.isClosing(self)
        self.session.hasChanged(self)
    }

    private func cut() {
        self.forward?.cut()
        self.forward = nil
        guard self.socket >= 0 else { return }
        self.unwatch()
        self.session.core.keep(self.socket)
        self.socket = -1
    }

    private func closeSocket() {
        guard self.socket >= 0 else { return }
        self.unwatch()
        closeDescriptor(self.socket)
        self.socket = -1
    }

    private func unwatch() {
        if let watch { self.session.core.poller.remove(watch, descriptor: self.socket) }
        self.watch = nil
        self.undelivered = []
        self.delivered = 0
        self.held = 0
        self.count()
    }

    /// Both have closed it, or the client has never had it.
    private func release() {
        self.isReleased = true
        self.closeSocket()
        unsafe ssh_remove_channel_callbacks(self.channel, self.callbacks)
        unsafe ssh_channel_free(self.channel)
        unsafe self.callbacks.deallocate()
        self.session.isGone(self)
    }

    /// The session ends, and frees the channel.
    func sessionEnded() {
        guard !self.isReleased else { return }
        self.isReleased = true
        self.answer(.failure(.sessionEnded))
        if self.hasEndedInput, self.hasEndedOutput { self.closeSocket() } else { self.cut() }
        unsafe ssh_remove_channel_callbacks(self.channel, self.callbacks)
        unsafe self.callbacks.deallocate()
    }
}
