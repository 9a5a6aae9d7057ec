internal import Addresses
internal import Glibc

extension Loopback {
    /// The status code with which a URL of this machine is answered; `nil` when it is not.
    static func statusCode(of path: String, host: String, at address: TransportAddress) -> Int? {
        let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let answer = Self.answer(to: request, at: address) { $0.contains(UInt8(ascii: "\n")) || $0.count >= 4_096 }
        return answer.flatMap { Self.statusCode(inLine: $0) }.map { Int($0) }
    }

    /// What stands at a URL of this machine, as long as a program's counters are; `nil` when nothing does.
    static func text(at path: String, host: String, _ address: TransportAddress) -> String? {
        // In HTTP/1.0 nothing comes in chunks, and the end of the connection is the end.
        let request = "GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n"
        guard let answer = Self.answer(to: request, at: address, until: { $0.count >= 16 << 20 }),
            Self.statusCode(inLine: answer) == 200, let head = answer.firstRange(of: Array("\r\n\r\n".utf8))
        else { return nil }
        return String(decoding: answer[head.upperBound...], as: UTF8.self)
    }

    /// What is answered until that is enough or the peer ends; `nil` where it breaks off before.
    private static func answer(
        to request: String,
        at address: TransportAddress,
        until isEnough: ([UInt8]) -> Bool
    ) -> [UInt8]? {
        let request = Array(request.utf8)
        var answer: [UInt8] = []
        // The structures and buffers live on this stack during the calls.
        let code = unsafe Self.withSocket(address) { descriptor, name, length in
            // Whoever takes a connection and says nothing is not ready, and is asked again.
            var patience = timeval(tv_sec: 1, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
            guard unsafe connect(descriptor, name, length) == 0,
                unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
            else { return -1 }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while !isEnough(answer) {
                let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
                if count == 0 { return 0 }
                guard count > 0 else { return -1 }
                answer += buffer.prefix(count)
            }
            return 0
        }
        return code < 0 ? nil : answer
    }

    /// `HTTP/1.1 200 OK`
    private static func statusCode(inLine bytes: [UInt8]) -> Int32? {
        let words = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }.split(
            separator: UInt8(ascii: " ")
        )
        guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), words[1].count == 3 else { return nil }
        return Int32(String(decoding: words[1], as: UTF8.self))
    }

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
