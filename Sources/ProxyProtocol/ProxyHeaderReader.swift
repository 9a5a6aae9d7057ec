/// Reads one PROXY header from the start of a connection, in any number of pieces, and strictly.
///
/// A receiver must know whether a header is due: the reader never guesses, and says ``Progress/notAHeader`` as soon as the first
/// bytes cannot be one.
package struct ProxyHeaderReader: Sendable {
    package enum Progress: Hashable, Sendable {
        case needsMore
        /// The header, and its length counted from the first byte that was appended; what follows is payload.
        case complete(ProxyHeader, length: Int)
        /// The bytes start like no accepted version.
        case notAHeader
    }

    private let versions: Set<ProxyHeader.Version>
    private let maximumLength: Int
    private var bytes: [UInt8] = []
    private var outcome: Progress?

    /// - Parameter maximumLength: The whole version 2 header, TLVs included. 4096 is what nginx and go-proxyproto take.
    package init(versions: Set<ProxyHeader.Version> = [.one, .two], maximumLength: Int = 4096) {
        self.versions = versions
        self.maximumLength = maximumLength
    }

    /// Adds bytes of the connection. Nothing behind the header is kept.
    ///
    /// Once it is decided, more bytes give the same answer.
    package mutating func append(_ more: Span<UInt8>) throws(ProxyError) -> Progress {
        if let outcome = self.outcome { return outcome }
        var offset = 0
        while true {
            switch try self.step() {
            case .wants(let count):
                let end = min(more.count, offset + count)
                guard offset < end else { return .needsMore }
                for index in offset..<end {
                    self.bytes.append(more[index])
                }
                offset = end
            case .decided(let progress):
                self.outcome = progress
                return progress
            }
        }
    }

    package mutating func append(_ more: [UInt8]) throws(ProxyError) -> Progress {
        try self.append(more.span)
    }

    private enum Step {
        /// At most so many bytes are needed for the next decision.
        case wants(Int)
        case decided(Progress)
    }

    private func step() throws(ProxyError) -> Step {
        guard let first = self.bytes.first else { return .wants(1) }
        if first == ProxyFormat.prefix1[0], self.versions.contains(.one) {
            return try self.stepVersion1()
        }
        if first == ProxyFormat.signature2[0], self.versions.contains(.two) {
            return try self.stepVersion2()
        }
        return .decided(.notAHeader)
    }

    private func stepVersion1() throws(ProxyError) -> Step {
        let count = self.bytes.count
        guard self.bytes.prefix(6).elementsEqual(ProxyFormat.prefix1.prefix(count)) else {
            return .decided(.notAHeader)
        }
        switch self.bytes[count - 1] {
        case UInt8(ascii: "\r"):
            return count < ProxyFormat.maximumLine ? .wants(1) : try self.lineTooLong()
        case UInt8(ascii: "\n"):
            guard self.bytes[count - 2] == UInt8(ascii: "\r") else {
                throw ProxyError(.lineMalformed, field: "line end", offset: count - 1)
            }
            let header = try ProxyLine.read(self.bytes[..<(count - 2)])
            return .decided(.complete(header, length: count))
        default:
            if count >= 2, self.bytes[count - 2] == UInt8(ascii: "\r") {
                throw ProxyError(.lineMalformed, field: "line end", offset: count - 1)
            }
            return count < ProxyFormat.maximumLine ? .wants(1) : try self.lineTooLong()
        }
    }

    private func lineTooLong() throws(ProxyError) -> Step {
        throw ProxyError(.lineTooLong, field: "line", offset: self.bytes.count)
    }

    private func stepVersion2() throws(ProxyError) -> Step {
        let count = self.bytes.count
        guard self.bytes.prefix(12).elementsEqual(ProxyFormat.signature2.prefix(count)) else {
            return .decided(.notAHeader)
        }
        guard count >= ProxyFormat.fixedLength2 else {
            if count > 12 {
                try ProxyBlock.checkVersionAndCommand(self.bytes[12])
            }
            return .wants(count < 13 ? 13 - count : ProxyFormat.fixedLength2 - count)
        }
        let block = try ProxyBlock(fixed: self.bytes.prefix(ProxyFormat.fixedLength2))
        guard block.totalLength <= self.maximumLength else {
            throw ProxyError(.tooLong, field: "length", offset: 14)
        }
        guard count == block.totalLength else { return .wants(block.totalLength - count) }
        return .decided(.complete(try block.read(self.bytes), length: count))
    }
}
