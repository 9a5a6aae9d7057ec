internal import Addresses
internal import Glibc

extension Loopback {
    /// Says this to whoever listens at a Unix socket, and waits until he has ended the connection; gives the error that kept it
    /// from being said.
    static func say(_ text: String, toSocket path: String) -> Int32? {
        let bytes = Array(text.utf8)
        // The structures and buffers live on this stack during the calls.
        let result = unsafe Self.withSocket(path: path) { descriptor, name, length in
            // Whoever says nothing more, and does not end, has heard it all the same.
            var patience = timeval(tv_sec: 5, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
            guard unsafe connect(descriptor, name, length) == 0 else { return errno }
            guard unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return errno }
            var buffer = [UInt8](repeating: 0, count: 512)
            var count = 0
            repeat { count = unsafe recv(descriptor, &buffer, buffer.count, 0) } while count > 0
            // Whoever ceased to listen before he took the connection has heard nothing.
            return count < 0 && errno != EAGAIN ? errno : 0
        }
        return result == 0 ? nil : result
    }

    /// Whether something takes connections at a Unix socket.
    static func canConnect(toSocket path: String) -> Bool {
        unsafe Self.withSocket(path: path) { unsafe connect($0, $1, $2) } == 0
    }

    private static func withSocket(
        path: String,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var structure = sockaddr_un()
        structure.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: structure.sun_path) else { return ENAMETOOLONG }
        // As many bytes as there is room for and a zero, which the structure begins with.
        unsafe withUnsafeMutableBytes(of: &structure.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return unsafe Self.lend(structure) { unsafe body(descriptor, $0, $1) }
    }
}
