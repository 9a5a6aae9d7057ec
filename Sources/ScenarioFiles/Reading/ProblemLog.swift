import Yams

/// Collects what is wrong while a file is read on, so that one run shows all of it.
///
/// The cases of a scenario read the same text again; a problem is kept once.
final class ProblemLog {
    private(set) var problems: [ScenarioProblem] = []
    private var seen: Set<ScenarioProblem> = []

    var isEmpty: Bool { self.problems.isEmpty }

    func report(_ message: String, file: String, at mark: Mark?) {
        self.report(message, file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    func report(_ message: String, file: String, line: Int, column: Int = 1) {
        self.report([ScenarioProblem(file: file, line: line, column: column, message: message)])
    }

    func report(_ problems: [ScenarioProblem]) {
        for problem in problems where self.seen.insert(problem).inserted {
            self.problems.append(problem)
        }
    }
}
