/// Whether a target is alive, as its controls tell one after the other.
///
/// A control that fails is asked again before the target is called dead, so that one slow answer of a busy machine does
/// not end a run.
struct Vigil {
    enum Step: Hashable {
        /// What ended before this instant, when the control began, is confirmed.
        case confirm(before: ContinuousClock.Instant)
        case askAgain
        case targetDied(String)
        /// Nobody asks any more.
        case leave
    }

    private var firstTrouble: String?

    /// - Parameters:
    ///   - trouble: what was wrong with the control that just ended; `nil` when it came through.
    ///   - isCutOff: the control may not have come to its own end, and its trouble says nothing about the target then.
    mutating func controlEnded(began: ContinuousClock.Instant, trouble: String?, isCutOff: Bool = false) -> Step {
        guard let trouble else {
            self.firstTrouble = nil
            return .confirm(before: began)
        }
        if isCutOff { return .leave }
        guard let first = self.firstTrouble else {
            self.firstTrouble = trouble
            return .askAgain
        }
        return .targetDied("the target stopped answering good clients: \(first); then \(trouble)")
    }
}
