/// What the other side has yet to send, in its order: compared as it comes, and never held whole.
struct OwedBytes {
    private enum Part {
        case line([UInt8])
        case payload(Payload)
    }

    private var parts: [Part] = []
    /// Of the first part what comes next.
    private var ready: ArraySlice<UInt8> = []
    private(set) var count = 0

    mutating func add(_ line: [UInt8]) {
        self.parts.append(.line(line))
        self.count += line.count
    }

    mutating func add(_ payload: Payload) {
        self.parts.append(.payload(payload))
        self.count += payload.remaining ?? 0
    }

    /// Returns whether exactly these were owed next; what comes after a `false` is not to be trusted.
    mutating func settle(_ bytes: ArraySlice<UInt8>) -> Bool {
        var bytes = bytes
        while !bytes.isEmpty {
            if self.ready.isEmpty, !self.takePart() { return false }
            let length = min(bytes.count, self.ready.count)
            guard bytes.prefix(length) == self.ready.prefix(length) else { return false }
            bytes = bytes.dropFirst(length)
            self.ready = self.ready.dropFirst(length)
            self.count -= length
        }
        return true
    }

    /// Returns whether there is more.
    private mutating func takePart() -> Bool {
        while !self.parts.isEmpty {
            switch self.parts[0] {
            case .line(let line):
                self.parts.removeFirst()
                self.ready = line[...]
                return true
            case .payload(var payload):
                if let block = payload.next() {
                    self.parts[0] = .payload(payload)
                    self.ready = block[...]
                    return true
                }
                self.parts.removeFirst()
            }
        }
        return false
    }
}
