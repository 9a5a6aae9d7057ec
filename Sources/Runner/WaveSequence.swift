/// Waves one behind the other, at most two of them at the same time.
///
/// A wave begins with certificates, a target and agents to start, one after the other, and ends with cases that wait for a
/// deadline: either leaves cores idle. So the next one begins when the target of a wave is alive.
enum WaveSequence {
    /// Plays a wave, and calls its parameter when the wave's target is alive.
    typealias Player =
        @Sendable (_ number: Int, _ alive: @escaping @Sendable () -> Void) async throws ->
        Performance.Conclusion

    /// Plays waves from the first to the last. When one did not come to its end, none is begun any more.
    ///
    /// - Parameter mayOverlap: whether the wave and the next one can stand at the same time.
    /// - Returns: how those that were begun went, in their order.
    static func play(
        _ count: Int,
        mayOverlap: (_ number: Int) -> Bool,
        with player: @escaping Player
    ) async throws -> [Performance.Conclusion] {
        try await withThrowingTaskGroup(of: (Int, Performance.Conclusion).self) { group in
            var conclusions: [Int: Performance.Conclusion] = [:]
            var begun = 0
            while begun < count, conclusions.values.allSatisfy({ $0.ending == .confirmed }) {
                let number = begun
                let (life, announcement) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    defer { announcement.finish() }
                    return (number, try await player(number) { announcement.yield() })
                }
                begun += 1
                // A wave that ended without a word has failed, and is heard before another begins.
                let isAlive = await life.first { true } != nil
                let mayStay = isAlive && begun < count && mayOverlap(number) ? 1 : 0
                while begun - conclusions.count > mayStay, let (ended, conclusion) = try await group.next() {
                    conclusions[ended] = conclusion
                }
            }
            for try await (ended, conclusion) in group { conclusions[ended] = conclusion }
            return conclusions.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
