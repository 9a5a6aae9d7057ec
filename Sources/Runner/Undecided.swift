import Verdicts

extension Verdict {
    /// What it counts as where the harness itself was late in every play of its case: a failure may be owed to that, and so
    /// nobody is blamed, and nobody is told that all is well.
    ///
    /// What came through did so all the same, what is known already stays known, and no lateness of ours takes bytes to
    /// where they must never be.
    var ofLateHarness: Verdict {
        guard !self.outcome.isAcceptable, self.outcome != .unexpectedPass, self.brokenInvariant == nil else {
            return self
        }
        var undecided = self
        undecided.outcome = .error
        undecided.summary =
            "not decided: the harness itself was late whenever it played this (a busy machine?), or so slow between the steps that "
            + "the target's idle limit came; it looked like "
            + "'\(self.outcome.rawValue)': \(self.summary)"
        return undecided
    }
}
