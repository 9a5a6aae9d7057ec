import ScenarioModel
import Synchronization

/// Whether the target is alive, round after round of controls.
///
/// Each round holds its connections until the next has come through. So a target that died and came back in between, by its
/// own supervisor or a wrapper's, is noticed though every control is answered: what it refused at that time proves nothing.
final class TargetWatch: Sendable {
    enum Step: Hashable, Sendable {
        /// What ended before this instant is confirmed.
        case confirm(before: ContinuousClock.Instant)
        case askAgain
        /// The target lost connections that were held since this instant, and answers again. Without a sentence it may be its
        /// idle limit that ended them: we were late, and whether it was restarted meanwhile nobody can tell.
        case restarted(since: ContinuousClock.Instant, String?)
        case died(String)
        /// Nobody asks any more.
        case leave
    }

    private struct State {
        var vigil = Vigil()
        var held: ControlRound?
        var underWay: ControlRound?
        var isInterrupted = false
    }

    private let controls: [Case]
    private let play: ControlRound.Play
    /// For how long the target lets a connection be on which nothing is said; `nil` where it does not say.
    private let idleLimit: Duration?
    private let state = Mutex(State())

    init(_ controls: [Case], idleLimit: Duration? = nil, play: @escaping ControlRound.Play) {
        self.controls = controls
        self.idleLimit = idleLimit
        self.play = play
    }

    /// Plays a round, and tells what it and the end of the one before it say.
    func step() async -> Step {
        let round = self.begin()
        // To its own end, whether or not the caller is cancelled meanwhile.
        let troubles = await Task { await round.echoed() }.value
        let isInterrupted = self.state.withLock { $0.isInterrupted }
        let trouble = Self.words(troubles)
        let verdict = self.state.withLock { state in
            state.vigil.controlEnded(began: round.began, trouble: trouble, isCutOff: isInterrupted)
        }
        switch verdict {
        case .confirm(let instant):
            let held = self.state.withLock { state in
                defer { state.held = round }
                return state.held
            }
            guard let held, let trouble = Self.words(await held.finish()) else { return .confirm(before: instant) }
            return self.state.withLock({ $0.isInterrupted }) ? .leave : self.lost(held, trouble)
        case .askAgain:
            _ = await round.finish()
            return .askAgain
        case .targetDied(let problem):
            _ = await round.finish()
            return .died(problem)
        case .leave:
            _ = await round.finish()
            return .leave
        }
    }

    /// Lets the last round go; gives since when and how it was lost, if it was.
    func end() async -> Step? {
        let held = self.state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
        guard let held, let trouble = Self.words(await held.finish()) else { return nil }
        return self.lost(held, trouble)
    }

    private func lost(_ held: ControlRound, _ trouble: String) -> Step {
        let isOverdue = self.idleLimit.map { held.began.duration(to: .now) >= $0 * 0.8 } ?? false
        return .restarted(since: held.began, isOverdue ? nil : trouble)
    }

    /// Cuts off whatever is under way or held, and whatever comes later.
    func interrupt() {
        let rounds = self.state.withLock { state in
            state.isInterrupted = true
            return [state.held, state.underWay]
        }
        for round in rounds { round?.interrupt() }
    }

    private func begin() -> ControlRound {
        let round = ControlRound(self.controls, play: self.play)
        let isTooLate = self.state.withLock { state in
            state.underWay = round
            return state.isInterrupted
        }
        if isTooLate { round.interrupt() }
        return round
    }

    private static func words(_ troubles: [String: String]) -> String? {
        troubles.min { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    }
}
