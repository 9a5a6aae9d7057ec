internal import Muxado
package import NIOCore

/// Data of one stream that its reader has not asked for yet.
package struct InboundQueue {
    /// Pieces below this are copied together while they wait, since a slice of one byte would keep the whole buffer
    /// it was cut from, and a peer could so make a window's worth of bytes cost gigabytes.
    private static let copyLimit = 4_096
    /// Where more than this waits, everything is copied: the reader stands still, and a piece keeps all of the record
    /// it came in, which others' pieces are in too.
    private static let waitingLimit = 64 * 1_024
    /// A piece keeps at most so many times its own bytes, and is copied otherwise: what TLS gives at once is in one buffer, up to a
    /// quarter of a megabyte of many streams, and each of those that then stand still would keep all of it.
    private static let mostKept = 2
    /// A copy that has this much is full.
    private static let copySize = 16 * 1_024

    private var buffers = FIFO<ByteBuffer>()
    package private(set) var byteCount = 0
    /// Bytes in the newest buffer, where that is a copy of ours.
    private var copied: Int?

    package init() {}

    package var isEmpty: Bool { self.buffers.isEmpty }

    package mutating func append(_ buffer: ByteBuffer, allocator: ByteBufferAllocator) {
        let byteCount = buffer.readableBytes
        guard byteCount > 0 else { return }
        self.byteCount += byteCount
        guard byteCount < Self.copyLimit || self.byteCount > Self.waitingLimit else {
            let keepsLittle = buffer.storageCapacity <= Self.mostKept * byteCount
            self.buffers.append(keepsLittle ? buffer : Self.copy(of: buffer, allocator))
            self.copied = nil
            return
        }
        if let copied = self.copied, copied < Self.copySize {
            self.buffers.updateLast { $0.writeImmutableBuffer(buffer) }
            self.copied = copied + byteCount
        } else {
            self.buffers.append(Self.copy(of: buffer, allocator))
            self.copied = byteCount
        }
    }

    private static func copy(of buffer: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var copy = allocator.buffer(capacity: buffer.readableBytes)
        copy.writeImmutableBuffer(buffer)
        return copy
    }

    /// Takes whole buffers, oldest first, until they hold `limit` bytes or more.
    package mutating func take(_ limit: Int) -> [ByteBuffer] {
        var taken: [ByteBuffer] = []
        var byteCount = 0
        while byteCount < limit, let buffer = self.buffers.popFirst() {
            byteCount += buffer.readableBytes
            taken.append(buffer)
        }
        self.byteCount -= byteCount
        if self.buffers.isEmpty { self.copied = nil }
        return taken
    }
}
