internal import Muxado
package import NIOCore

/// Data that one stream's user has written and the session has not taken yet.
package struct OutboundQueue {
    private struct Write {
        var buffer: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private var flushed = FIFO<Write>()
    private var unflushed = FIFO<Write>()
    private var unflushedByteCount = 0
    /// Bytes that wait, flushed or not.
    package private(set) var byteCount = 0

    package init() {}

    package mutating func append(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.byteCount += buffer.readableBytes
        self.unflushedByteCount += buffer.readableBytes
        self.unflushed.append(Write(buffer: buffer, promise: promise))
    }

    /// Marks all writes so far as flushed and returns how many bytes that adds.
    package mutating func flush() -> Int {
        while let write = self.unflushed.popFirst() {
            self.flushed.append(write)
        }
        defer { self.unflushedByteCount = 0 }
        return self.unflushedByteCount
    }

    /// Moves the next `byteCount` flushed bytes into `target`, and the promises of the writes this ends into `done`.
    package mutating func move(_ byteCount: Int, into target: inout ByteBuffer, done: inout [EventLoopPromise<Void>]) {
        var remaining = byteCount
        self.byteCount -= byteCount
        while var write = self.flushed.first {
            let part = min(remaining, write.buffer.readableBytes)
            if let slice = write.buffer.readSlice(length: part) {
                target.writeImmutableBuffer(slice)
                remaining -= part
            }
            guard write.buffer.readableBytes == 0 else {
                self.flushed.replaceFirst(write)
                return
            }
            _ = self.flushed.popFirst()
            if let promise = write.promise { done.append(promise) }
            if remaining == 0, self.flushed.first?.buffer.readableBytes != 0 { return }
        }
    }

    /// Takes the promises of empty writes at the front: nothing of theirs is left to send.
    package mutating func takeEmptyWrites(done: inout [EventLoopPromise<Void>]) {
        while let write = self.flushed.first, write.buffer.readableBytes == 0 {
            _ = self.flushed.popFirst()
            if let promise = write.promise { done.append(promise) }
        }
    }

    /// Drops everything and returns the promises to fail.
    package mutating func takeAll() -> [EventLoopPromise<Void>] {
        var promises: [EventLoopPromise<Void>] = []
        while let write = self.flushed.popFirst() ?? self.unflushed.popFirst() {
            if let promise = write.promise { promises.append(promise) }
        }
        self = OutboundQueue()
        return promises
    }
}
