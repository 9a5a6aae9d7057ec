import Legs

extension Conversation {
    package enum Reading: Sendable, Equatable {
        case bytes([UInt8])
        case end(End)
    }

    /// The next application bytes, or why there are none.
    package func read() async -> Reading {
        while true {
            if let bytes = self.received.takeUnread() { return .bytes(bytes) }
            if let end = self.received.end { return .end(end) }
            await self.takeNext()
        }
    }

    /// A line with its line feed; `nil` when the stream ends, or `limit` bytes came, without one.
    package func readLine(limit: Int = 512) async -> [UInt8]? {
        var line: [UInt8] = []
        while case .bytes(let bytes) = await self.read() {
            line.append(contentsOf: bytes)
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                self.received.putBack(line[(end + 1)...])
                return Array(line[...end])
            }
            if line.count > limit { break }
        }
        return nil
    }

    /// The first line, which stays to be read again.
    package func peekLine() async -> [UInt8]? {
        let line = await self.readLine()
        if let line { self.received.putBack(line[...]) }
        return line
    }

    /// The head of an HTTP request with the empty line behind it; `nil` when the stream ends, or `limit` bytes came, without
    /// one. Browsers send some kilobytes.
    package func readHead(limit: Int = 16 * 1024) async -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        var head: [UInt8] = []
        while head.count <= limit, case .bytes(let bytes) = await self.read() {
            head.append(contentsOf: bytes)
            if let place = head.firstRange(of: end) {
                self.received.putBack(head[place.upperBound...])
                return Array(head[..<place.upperBound])
            }
        }
        return nil
    }

    /// Reads so many bytes, or to the end of the stream. Returns their digest when all came.
    package func readDigest(count: Int) async -> String? {
        var recorder = StreamRecorder(excerptLimit: 0)
        while recorder.count < count {
            guard case .bytes(let bytes) = await self.read() else { return nil }
            let wanted = bytes.prefix(count - recorder.count)
            recorder.record(Array(wanted))
            if wanted.count < bytes.count { self.received.putBack(bytes[wanted.count...]) }
        }
        return recorder.digest
    }

    /// Reads and drops application bytes until the peer ends. Returns how many came, and why no more will.
    package func readToEnd() async -> (count: Int, end: End) {
        var count = 0
        while true {
            switch await self.read() {
            case .bytes(let bytes): count += bytes.count
            case .end(let end): return (count, end)
            }
        }
    }
}
