import Dispatch
import EdgeServer
import HangTesting
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@Suite("The queue of an agent's requests", .noHang)
struct RequestQueueTests {
    /// What happened, in its order.
    private final class Record: Sendable {
        private let noted = Mutex<[String]>([])

        var lines: [String] { self.noted.withLock { $0 } }
        func note(_ line: String) { self.noted.withLock { $0.append(line) } }
    }

    private let loop = MultiThreadedEventLoopGroup.singleton.next()
    private let record = Record()

    /// Runs the body with threads of its own, of which a test may hold one.
    private func withThreads(_ body: (NIOThreadPool) async throws -> Void) async throws {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        do {
            try await body(threads)
        } catch {
            try await threads.shutdownGracefully()
            throw error
        }
        try await threads.shutdownGracefully()
    }

    /// Has a queue take so many requests, of which the first is not read before `gate` lets it.
    ///
    /// - Returns: The answers to come.
    private func append(
        _ count: Int,
        to queue: RequestQueue<Int>,
        behind gate: DispatchSemaphore? = nil
    ) -> [EventLoopFuture<Int?>] {
        let (loop, record) = (self.loop, self.record)
        return (0..<count).map { number in
            let answer = loop.makePromise(of: Int?.self)
            queue.append(
                byteCount: 1,
                reading: {
                    if number == 0 { gate?.wait() }
                    record.note("\(number) is read \(loop.inEventLoop ? "there" : "elsewhere")")
                    return {
                        record.note("\(number) is carried out \(loop.inEventLoop ? "there" : "elsewhere")")
                        return number
                    }
                },
                answering: {
                    record.note("\(number) is answered \(loop.inEventLoop ? "there" : "elsewhere")")
                    answer.succeed($0)
                }
            )
            return answer.futureResult
        }
    }

    /// What an agent asks for first its later requests may be about, and no client's stream may overtake an answer.
    @Test("each is read beside the event loop and carried out on it, before the next is read")
    func order() async throws {
        try await self.withThreads { threads in
            let answers = try await self.loop.submit {
                self.append(4, to: RequestQueue(on: self.loop, threads: threads, limit: 100_000) { _ in })
            }.get()
            for (number, answer) in answers.enumerated() { #expect(try await answer.get() == number) }
            let expected = (0..<4).flatMap { number in
                ["is read elsewhere", "is carried out there", "is answered there"].map { "\(number) \($0)" }
            }
            #expect(self.record.lines == expected)
        }
    }

    @Test("one that has more than it may says so, and again when half of that is done; the shortest count for 1 KiB")
    func full() async throws {
        try await self.withThreads { threads in
            let (record, gate) = (self.record, DispatchSemaphore(value: 0))
            let answers = try await self.loop.submit {
                let queue = RequestQueue<Int>(on: self.loop, threads: threads, limit: 4_096) { isFull in
                    record.note(isFull ? "full" : "room")
                }
                let answers = self.append(4, to: queue, behind: gate)
                record.note("four")
                return answers + self.append(1, to: queue)
            }.get()
            gate.signal()
            for answer in answers { _ = try await answer.get() }
            let lines = self.record.lines.filter { !$0.contains("is read") && !$0.contains("is carried out") }
            #expect(
                lines == [
                    "four", "full", "0 is answered there", "1 is answered there", "room", "2 is answered there",
                    "3 is answered there", "0 is answered there",
                ]
            )
        }
    }

    @Test("when the session is over nothing is carried out any more, and what waits is not read")
    func end() async throws {
        try await self.withThreads { threads in
            let gate = DispatchSemaphore(value: 0)
            let (queue, answers) = try await self.loop.submit {
                let queue = RequestQueue<Int>(on: self.loop, threads: threads, limit: 100_000) { _ in }
                return (NIOLoopBound(queue, eventLoop: self.loop), self.append(3, to: queue, behind: gate))
            }.get()
            let late = try await self.loop.submit {
                queue.value.end()
                return self.append(1, to: queue.value)
            }.get()
            gate.signal()
            for answer in answers + late { #expect(try await answer.get() == nil) }
            #expect(self.record.lines.filter { $0.contains("is read") } == ["0 is read elsewhere"])
            #expect(!self.record.lines.contains { $0.contains("is carried out") })
        }
    }
}

@Suite("What is taken from an agent")
struct AgentIntakeTests {
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        private(set) var count = 0

        func read(context: ChannelHandlerContext) {
            self.count += 1
            context.read()
        }
    }

    @Test("nothing is read while it is shut; what was asked for meanwhile is read when it opens, once")
    func shut() throws {
        let (reads, intake) = (Reads(), AgentIntake())
        let channel = EmbeddedChannel(handlers: [reads, intake])
        channel.read()
        #expect(reads.count == 1)
        intake.shut()
        channel.read()
        channel.read()
        #expect(reads.count == 1)
        intake.open()
        #expect(reads.count == 2)
        intake.shut()
        intake.open()
        #expect(reads.count == 2)
        channel.read()
        #expect(reads.count == 3)
        _ = try channel.finish()
    }
}
