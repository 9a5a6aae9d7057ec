internal import Glibc
internal import Synchronization

/// Signals as bytes of a pipe, so that one `poll` waits for them and for everything else.
enum SignalPipe {
    // A signal handler may run between any two instructions and must take no lock: an atomic that was initialised
    // before the handler was installed is all it touches.
    private static let writeEnd = Atomic<Int32>(-1)
    private static let readDescriptor = Atomic<Int32>(-1)

    static var readEnd: Int32 { self.readDescriptor.load(ordering: .relaxed) }

    static func install(for signals: [Int32]) throws(POSIXFailure) {
        var ends: [Int32] = [-1, -1]
        // pipe writes two descriptors into the array's two elements.
        guard unsafe pipe(&ends) == 0 else { throw POSIXFailure(subject: "cannot make a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.readDescriptor.store(ends[0], ordering: .relaxed)
        self.writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        for signal in signals {
            // The handler only calls write(2), which POSIX lists as safe in signal handlers; a full pipe holds news
            // enough.
            _ = Glibc.signal(signal) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(SignalPipe.writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
        }
    }

    /// The signals that came since the last call.
    static func take() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 64)
        // read writes at most `count` bytes into the buffer.
        let count = unsafe read(self.readEnd, &buffer, buffer.count)
        return buffer.prefix(max(count, 0)).map { Int32($0) }
    }
}
