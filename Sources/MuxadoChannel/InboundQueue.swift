package import NIOCore

/// Data of one stream that its reader has not asked for yet.
package struct InboundQueue {
    /// Pieces below this are copied together while they wait, since a slice of one byte would keep the whole buffer
    /// it was cut from, and a peer could so make a window's worth of bytes cost gigabytes.
    private static let copyLimit = 4_096

    private var buffers: [ByteBuffer] = []
    package private(set) var byteCount = 0
    /// Whether the newest buffer is a copy of ours and not full yet.
    private var lastIsOwn = false

    package init() {}

    package var isEmpty: Bool { self.buffers.isEmpty }

    package mutating func append(_ buffer: ByteBuffer, allocator: ByteBufferAllocator) {
        guard buffer.readableBytes > 0 else { return }
        self.byteCount += buffer.readableBytes
        guard buffer.readableBytes < Self.copyLimit else {
            self.buffers.append(buffer)
            self.lastIsOwn = false
            return
        }
        if !self.lastIsOwn || self.buffers[self.buffers.count - 1].readableBytes >= 4 * Self.copyLimit {
            self.buffers.append(allocator.buffer(capacity: buffer.readableBytes))
            self.lastIsOwn = true
        }
        self.buffers[self.buffers.count - 1].writeImmutableBuffer(buffer)
    }

    /// Takes everything, oldest first.
    package mutating func takeAll() -> [ByteBuffer] {
        defer { self = InboundQueue() }
        return self.buffers
    }
}
