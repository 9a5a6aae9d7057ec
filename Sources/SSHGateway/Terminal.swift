import CLibSSH

/// The one session channel of an SSH connection: where its user reads what became of the tunnel.
///
/// `@safe`: libssh's channel lives as long as its session, which calls ``sessionEnded()`` in front of its end.
@safe
final class Terminal {
    /// What is told is a screen full; a client that reads none of it misses the rest.
    private static let wordsLimit = 64 << 10

    let channel: OpaquePointer
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    private let owner: any SSHConnectionOwner
    private var words: [(text: [UInt8], isTrouble: Bool)] = []
    private var wordsCount = 0
    /// Its user's terminal is in raw mode, and shows what it is sent.
    private var isRaw = false
    private var hasCommand = false
    private(set) var hasFinished = false
    private var isOver = false

    init?(of session: OpaquePointer, owner: any SSHConnectionOwner) {
        guard let channel = unsafe ssh_channel_new(session) else { return nil }
        unsafe self.channel = unsafe channel
        self.owner = owner
        unsafe self.callbacks = .allocate(capacity: 1)
        unsafe self.callbacks.initialize(to: ssh_channel_callbacks_struct())
        unsafe self.callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        unsafe self.callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe self.callbacks.pointee.channel_data_function = { _, _, data, count, _, own in
            unsafe Terminal.called(own).typed(UnsafeRawBufferPointer(start: data, count: Int(count)))
            return Int32(clamping: count)
        }
        unsafe self.callbacks.pointee.channel_pty_request_function = { _, _, _, _, _, _, _, own in
            unsafe Terminal.called(own).isRaw = true
            return 0
        }
        unsafe self.callbacks.pointee.channel_exec_request_function = { _, _, command, own in
            unsafe Terminal.called(own).run(command.map { unsafe String(cString: $0) } ?? "")
        }
        unsafe self.callbacks.pointee.channel_shell_request_function = { _, _, own in
            unsafe Terminal.called(own).run(nil)
        }
        unsafe self.callbacks.pointee.channel_close_function = { _, _, own in
            unsafe Terminal.called(own).left()
        }
        unsafe ssh_set_channel_callbacks(channel, self.callbacks)
    }

    private static func called(_ own: UnsafeMutableRawPointer?) -> Terminal {
        guard let own = unsafe own else { fatalError("libssh calls without what it was given") }
        return unsafe Unmanaged<Terminal>.fromOpaque(own).takeUnretainedValue()
    }

    var isOpen: Bool {
        guard !self.isOver else { return false }
        return unsafe ssh_channel_is_open(self.channel) != 0
    }

    // MARK: From the client

    private func typed(_ bytes: UnsafeRawBufferPointer) {
        // Without a raw terminal a Ctrl-C is the client's own, and what comes is a file or a pipe.
        guard self.isRaw, unsafe bytes.contains(0x03) else { return }
        self.owner.interrupted()
    }

    /// As good as a Ctrl-C, and what becomes of one where the terminal is not in raw mode.
    private func left() {
        self.isOver = true
        self.owner.interrupted()
    }

    private func run(_ command: String?) -> Int32 {
        guard !self.hasCommand else { return 1 }
        self.hasCommand = true
        self.owner.commandGiven(command)
        return 0
    }

    // MARK: To the client

    func say(_ text: String, isTrouble: Bool) {
        let lines = self.isRaw ? text.replacing("\n", with: "\r\n") : text
        guard self.isOpen, self.wordsCount + lines.utf8.count <= Self.wordsLimit else { return }
        self.words.append((Array(lines.utf8), isTrouble))
        self.wordsCount += lines.utf8.count
    }

    var hasWords: Bool { !self.words.isEmpty }

    /// Says as much as the client's window takes, at most one thing; `false` where that is nothing.
    func speak() -> Bool {
        guard let (text, isTrouble) = self.words.first, self.isOpen else { return false }
        let window = unsafe Int(ssh_channel_window_size(self.channel))
        let count = min(text.count, window)
        guard count > 0 else { return false }
        // unsafe: libssh copies the bytes.
        let write = isTrouble ? unsafe ssh_channel_write_stderr : unsafe ssh_channel_write
        let written = unsafe write(self.channel, text, UInt32(count))
        guard written > 0 else { return false }
        self.wordsCount -= Int(written)
        if Int(written) == text.count {
            self.words.removeFirst()
        } else {
            self.words[0].text.removeFirst(Int(written))
        }
        return true
    }

    /// Ends the command, and the channel with it.
    func finish(status: Int32) {
        self.hasFinished = true
        _ = unsafe ssh_channel_request_send_exit_status(self.channel, status)
        _ = unsafe ssh_channel_close(self.channel)
    }

    /// The channel goes with the session.
    func sessionEnded() {
        self.isOver = true
        unsafe ssh_remove_channel_callbacks(self.channel, self.callbacks)
        unsafe self.callbacks.deallocate()
    }
}
