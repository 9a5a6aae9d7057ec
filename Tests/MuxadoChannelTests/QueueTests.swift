import MuxadoChannel
import NIOCore
import NIOEmbedded
import Testing

@Suite("Waiting data")
struct QueueTests {
    @Test("small pieces are copied together, so that they do not keep the buffers they came in")
    func smallPieces() {
        var queue = InboundQueue()
        let record = ByteBuffer(repeating: 7, count: 16_384)
        for index in 0..<10_000 {
            let piece = record.getSlice(at: index % 16_384, length: 1) ?? ByteBuffer()
            queue.append(piece, allocator: ByteBufferAllocator())
        }
        #expect(queue.byteCount == 10_000)
        let buffers = queue.take(.max)
        #expect(buffers.count == 1)
        #expect(buffers.map(\.readableBytes) == [10_000])
        #expect(queue.isEmpty && queue.byteCount == 0)
    }

    @Test("large pieces are passed on as they came, in order with small ones")
    func order() {
        var queue = InboundQueue()
        for length in [4_096, 1, 2, 5_000, 3] {
            queue.append(Pattern.piece(at: queue.byteCount, length: length), allocator: ByteBufferAllocator())
        }
        let buffers = queue.take(.max)
        #expect(buffers.map(\.readableBytes) == [4_096, 3, 5_000, 3])
        var whole = ByteBuffer()
        for buffer in buffers { whole.writeImmutableBuffer(buffer) }
        #expect(Pattern.matches(whole, at: 0))
    }

    @Test("what is taken is whole buffers until there are enough bytes, and what comes later stands behind the rest")
    func parts() {
        var queue = InboundQueue()
        for length in [5_000, 5_000, 1, 2] {
            queue.append(Pattern.piece(at: queue.byteCount, length: length), allocator: ByteBufferAllocator())
        }
        var whole = ByteBuffer()
        func take(_ limit: Int) -> [Int] {
            let buffers = queue.take(limit)
            for buffer in buffers { whole.writeImmutableBuffer(buffer) }
            return buffers.map(\.readableBytes)
        }
        #expect(take(5_001) == [5_000, 5_000])
        #expect(queue.byteCount == 3)
        queue.append(Pattern.piece(at: 10_003, length: 4), allocator: ByteBufferAllocator())
        #expect(take(1) == [7])
        #expect(queue.isEmpty && queue.byteCount == 0 && take(1) == [])
        queue.append(Pattern.piece(at: 10_007, length: 3), allocator: ByteBufferAllocator())
        #expect(take(1) == [3])
        #expect(Pattern.matches(whole, at: 0))
    }

    /// TLS decrypts into one buffer what it has, of as many streams as there are, and each may stand still from then on.
    @Test("a piece that is a small part of its buffer does not keep the rest of it")
    func shared() {
        for (whole, length, isKept) in [(262_144, 16_384, false), (65_536, 16_384, false), (65_536, 32_768, true)] {
            let read = ByteBuffer(repeating: 7, count: whole)
            var queue = InboundQueue()
            queue.append(read.getSlice(at: 0, length: length) ?? ByteBuffer(), allocator: ByteBufferAllocator())
            #expect(queue.take(.max).map(\.storageCapacity) == [isKept ? whole : length], "\(length) of \(whole)")
        }
    }

    @Test("what waits for a reader that stands still keeps none of the buffers it came in")
    func standingStill() {
        var queue = InboundQueue()
        while queue.byteCount < 1_000_000 {
            queue.append(Pattern.piece(at: queue.byteCount, length: 16_000), allocator: ByteBufferAllocator())
        }
        let buffers = queue.take(.max)
        #expect(buffers.prefix(4).map(\.readableBytes) == [16_000, 16_000, 16_000, 16_000])
        // Two pieces make a copy full.
        #expect(buffers.dropFirst(4).allSatisfy { $0.readableBytes == 32_000 || $0.readableBytes == 16_000 })
        #expect(buffers.count < 40)
        var whole = ByteBuffer()
        for buffer in buffers { whole.writeImmutableBuffer(buffer) }
        #expect(Pattern.matches(whole, at: 0))
    }

    @Test("promises are handed out with the last byte of their write, empty writes included")
    func promises() throws {
        let loop = EmbeddedEventLoop()
        var queue = OutboundQueue()
        let promises = (0..<4).map { _ in loop.makePromise(of: Void.self) }
        for (promise, length) in zip(promises, [3, 0, 5, 0]) {
            queue.append(ByteBuffer(repeating: 1, count: length), promise: promise)
        }
        #expect(queue.flush() == 8)
        #expect(queue.flush() == 0)
        var target = ByteBuffer()
        var done: [EventLoopPromise<Void>] = []
        queue.move(2, into: &target, done: &done)
        #expect(done.isEmpty && queue.byteCount == 6)
        queue.move(1, into: &target, done: &done)
        #expect(done.count == 2)
        queue.move(5, into: &target, done: &done)
        #expect(done.count == 4 && queue.byteCount == 0)
        #expect(target.readableBytes == 8)
        for promise in promises { promise.succeed() }
    }
}
