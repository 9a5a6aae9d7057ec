import Synchronization
import Testing

@testable import Runner

@Suite("Waves behind each other", .timeLimit(.minutes(1)))
struct WaveSequenceTests {
    /// What is on at a time, and what has been.
    private final class Diary: Sendable {
        private let state = Mutex((underWay: Set<Int>(), together: [Set<Int>]()))
        var together: [Set<Int>] { self.state.withLock { $0.together } }

        func begin(_ number: Int) {
            self.state.withLock { state in
                state.underWay.insert(number)
                state.together.append(state.underWay)
            }
        }

        func end(_ number: Int) { self.state.withLock { _ = $0.underWay.remove(number) } }
    }

    /// Opens when it is told to.
    private struct Gate: Sendable {
        private let ends = AsyncStream.makeStream(of: Void.self)
        func open() { self.ends.continuation.finish() }
        func wait() async { for await _ in self.ends.stream {} }
    }

    private struct Failed: Error {}

    @Test("a wave whose target is alive has the next one beside it, and never two")
    func overlap() async throws {
        let diary = Diary()
        let gates = (0..<4).map { _ in Gate() }
        let conclusions = try await WaveSequence.play(4, mayOverlap: { _ in true }) { number, alive in
            diary.begin(number)
            // The one before it may end now that this one has begun.
            if number > 0 { gates[number - 1].open() }
            alive()
            if number < 3 { await gates[number].wait() }
            diary.end(number)
            return .init(ending: .confirmed, problems: ["\(number)"])
        }
        #expect(diary.together == [[0], [0, 1], [1, 2], [2, 3]])
        #expect(conclusions.flatMap(\.problems) == ["0", "1", "2", "3"])
    }

    @Test("waves that cannot stand beside each other follow each other")
    func apart() async throws {
        let diary = Diary()
        _ = try await WaveSequence.play(3, mayOverlap: { _ in false }) { number, alive in
            diary.begin(number)
            alive()
            await Task.yield()
            diary.end(number)
            return .init(ending: .confirmed)
        }
        #expect(diary.together == [[0], [1], [2]])
    }

    @Test("none is begun behind one that died", arguments: [true, false])
    func death(isAlive: Bool) async throws {
        let diary = Diary()
        let conclusions = try await WaveSequence.play(5, mayOverlap: { _ in true }) { number, alive in
            diary.begin(number)
            if isAlive || number == 0 { alive() }
            diary.end(number)
            return .init(ending: number == 1 ? .targetDied("it died") : .confirmed)
        }
        // One may have begun while a wave was still being played.
        #expect(conclusions.count == 2 || isAlive && conclusions.count == 3)
        #expect(diary.together.count == conclusions.count)
        #expect(conclusions[1].ending == .targetDied("it died"))
    }

    @Test("what keeps the first from its start is thrown, and nothing else begun")
    func failure() async throws {
        let diary = Diary()
        await #expect(throws: Failed.self) {
            _ = try await WaveSequence.play(3, mayOverlap: { _ in true }) { number, _ in
                diary.begin(number)
                throw Failed()
            }
        }
        #expect(diary.together == [[0]])
    }

    @Test("cancelled, it waits for those that were begun and begins no other")
    func cancellation() async throws {
        let diary = Diary()
        let isAlive = Gate()
        let task = Task {
            try await WaveSequence.play(3, mayOverlap: { _ in true }) { number, alive in
                diary.begin(number)
                defer { diary.end(number) }
                if number == 0 {
                    isAlive.open()
                    // Never alive: it ends because it is cancelled.
                    await Gate().wait()
                }
                return .init(ending: .interrupted)
            }
        }
        await isAlive.wait()
        task.cancel()
        #expect(try await task.value.map(\.ending) == [.interrupted])
        #expect(diary.together == [[0]])
    }

    @Test("cancelled while the second is beside the first, it waits for both and begins no third")
    func cancellationOfTwo() async throws {
        let diary = Diary()
        let areBothOn = Gate()
        let task = Task {
            try await WaveSequence.play(3, mayOverlap: { _ in true }) { number, alive in
                diary.begin(number)
                defer { diary.end(number) }
                if number == 0 { alive() } else { areBothOn.open() }
                // They end because they are cancelled.
                await Gate().wait()
                return .init(ending: .interrupted)
            }
        }
        await areBothOn.wait()
        task.cancel()
        #expect(try await task.value.map(\.ending) == [.interrupted, .interrupted])
        #expect(diary.together == [[0], [0, 1]])
    }

    @Test("the second does not start: the first, which is being played, comes to its own end, and no third is begun")
    func failureOfSecond() async throws {
        let diary = Diary()
        let hasFailed = Gate()
        let conclusions = try await WaveSequence.play(3, mayOverlap: { _ in true }) { number, alive in
            diary.begin(number)
            defer { diary.end(number) }
            guard number == 0 else {
                hasFailed.open()
                return .init(ending: .targetDied("the target did not start again"), problems: ["no port is free"])
            }
            alive()
            await hasFailed.wait()
            return .init(ending: .confirmed)
        }
        #expect(conclusions.map(\.ending) == [.confirmed, .targetDied("the target did not start again")])
        #expect(conclusions.flatMap(\.problems) == ["no port is free"])
        #expect(diary.together == [[0], [0, 1]])
    }
}
