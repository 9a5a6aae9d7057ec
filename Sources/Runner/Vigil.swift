/// Whether a target is alive, as its controls tell one after the other.
///
/// A control that fails is asked again before the target is called dead, so that one slow answer of a busy machine does
/// not end a run.
struct Vigil {
    enum Step: Hashable {
        /// What ended before this control began is confirmed.
        case confirm
        case askAgain
        case targetDied(String)
    }

    private var firstTrouble: String?

    /// - Parameter trouble: what was wrong with the control that just ended; `nil` when it came through.
    mutating func controlEnded(trouble: String?) -> Step {
        guard let trouble else {
            self.firstTrouble = nil
            return .confirm
        }
        guard let first = self.firstTrouble else {
            self.firstTrouble = trouble
            return .askAgain
        }
        return .targetDied("the target stopped answering good clients: \(first); then \(trouble)")
    }
}
