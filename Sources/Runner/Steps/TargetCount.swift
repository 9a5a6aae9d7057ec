import ScenarioModel
import Targets

/// What a target counts, from the first step of a play on.
struct TargetCount: Sendable {
    private let target: RunningTarget
    private let beginning: [TargetCounter: Int]

    /// What was asked of the target before has ended, and may be counted a moment later: so long it has to come to rest.
    private static let patience = Duration.seconds(3)
    /// So long it has to count what a step asks for. Only one that counts wrong takes all of it, or is on a busy machine.
    private static let lookTime = Duration.seconds(10)
    private static let pause = Duration.milliseconds(50)

    /// - Throws: ``TargetFailure`` where it does not tell.
    static func begin(on target: RunningTarget) async throws -> TargetCount {
        let limit = ContinuousClock.now + Self.patience
        var last: [TargetCounter: Int] = [:]
        while true {
            let now = try Self.counters(of: target)
            if now == last, now[.active] ?? 0 == 0 || ContinuousClock.now >= limit {
                return TargetCount(target: target, beginning: now)
            }
            last = now
            try await Task.sleep(for: Self.pause)
        }
    }

    /// What was counted since the beginning, once it is what is expected, or when it is too late for that.
    func look(for expected: [TargetCounter: CountExpectation]) async throws -> [TargetCounter: Int] {
        let limit = ContinuousClock.now + Self.lookTime
        var last: [TargetCounter: Int]?
        while true {
            let now = try Self.counters(of: self.target)
            let counted = Dictionary(
                uniqueKeysWithValues: now.map { ($0, $0.isGauge ? $1 : $1 - (self.beginning[$0] ?? 0)) }
            )
            if Self.isSettled(counted, after: last, expecting: expected) || ContinuousClock.now >= limit {
                return counted
            }
            last = counted
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Whether there is nothing more to wait for. What only the judge can compare has been counted once there is some of it,
    /// nothing is open any more, and nothing changes: connections are counted when they have ended, each by itself.
    static func isSettled(
        _ counted: [TargetCounter: Int],
        after last: [TargetCounter: Int]?,
        expecting expected: [TargetCounter: CountExpectation]
    ) -> Bool {
        let isRight = expected.allSatisfy { counter, expectation in
            switch expectation {
            case .number(let number): counted[counter] == number
            case .seen: counted[counter] != 0
            }
        }
        let isOpen = expected.values.contains(.seen) && expected[.active] == nil && counted[.active] ?? 0 > 0
        return isRight && !isOpen && counted == last
    }

    /// Nothing that was counted is told apart from nothing that was told, at the end of a play: until then a target may leave
    /// out what it has not counted yet.
    ///
    /// - Throws: where one of these is nothing that the target ever told of, whatever was expected of it.
    func vouch(for counters: Set<TargetCounter>) throws {
        do {
            try self.target.vouch(for: counters)
        } catch {
            _ = try Self.counters(of: self.target)
            try self.target.vouch(for: counters)
        }
    }

    private static func counters(of target: RunningTarget) throws -> [TargetCounter: Int] {
        do {
            return try target.counters()
        } catch  where error.code == .notReady {
            throw TargetFailure(description: error.description)
        }
    }
}

extension Play {
    /// Which of what the target counts its steps ask for.
    var counted: Set<TargetCounter> {
        self.moments.joined().reduce(into: []) { counted, step in
            if case .target(.count(let expected)) = step.action { counted.formUnion(expected.keys) }
        }
    }
}
