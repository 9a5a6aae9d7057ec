import ConfigurationFiles

/// Collects what is wrong while a file is read on, so that one run shows all of it.
///
/// The cases of a scenario read the same text again; a problem is kept once.
final class ProblemLog {
    private(set) var problems: [ConfigurationError] = []
    private var seen: Set<ConfigurationError> = []

    var isEmpty: Bool { self.problems.isEmpty }

    func report(_ message: String, at place: Place) {
        self.report([ConfigurationError(message, at: place)])
    }

    func report(_ problems: [ConfigurationError]) {
        for problem in problems where self.seen.insert(problem).inserted {
            self.problems.append(problem)
        }
    }
}
