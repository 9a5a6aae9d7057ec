/// Changes one thing about a stream of bytes, however it is cut.
struct Tampering {
    enum Fault: Sendable {
        case nothing
        /// One bit of the byte at this place.
        case flip(at: Int)
        case lose(at: Int)
        case `repeat`(at: Int)
        /// One byte too many, before the end.
        case add
        /// Two neighbouring blocks change places.
        case swap(at: Int, size: Int)
    }

    var fault = Fault.nothing
    private var offset = 0
    private var held: [UInt8] = []

    mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
        defer { self.offset += bytes.count }
        var bytes = bytes
        switch self.fault {
        case .nothing, .add: break
        case .flip(let place):
            if let index = self.index(of: place, in: bytes) { bytes[index] ^= 1 }
        case .lose(let place):
            if let index = self.index(of: place, in: bytes) { bytes.remove(at: index) }
        case .repeat(let place):
            if let index = self.index(of: place, in: bytes) { bytes.insert(bytes[index], at: index) }
        case .swap(let place, let size):
            var passed: [UInt8] = []
            for (index, byte) in bytes.enumerated() {
                if (place..<(place + 2 * size)).contains(self.offset + index) {
                    self.held.append(byte)
                    if self.held.count == 2 * size {
                        passed += self.held[size...] + self.held[..<size]
                        self.held = []
                    }
                } else {
                    passed.append(byte)
                }
            }
            return passed
        }
        return bytes
    }

    mutating func finish() -> [UInt8] {
        if case .add = self.fault { return [UInt8(ascii: "+")] }
        return self.held
    }

    private func index(of place: Int, in bytes: [UInt8]) -> Int? {
        bytes.indices.contains(place - self.offset) ? place - self.offset : nil
    }
}
