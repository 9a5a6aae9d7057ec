import ConfigurationFiles

/// What came of one bug.
enum Finding: Hashable {
    /// So many cases fail, of these scenarios.
    case suite(caseCount: Int, scenarios: [String])
    /// The suite cannot be run at all; what it says of that.
    case noSuite(String)
    case test(String)
    /// Something did not end in time, which may be the bug or the machine: nothing has said what is wrong.
    case hung(String)
    case survived

    var isBySuite: Bool {
        switch self {
        case .suite, .noSuite: true
        case .test, .hung, .survived: false
        }
    }

    /// Whether it says so of this scenario or these scenarios (`routing.*`). Where the suite cannot be run, none of them passes.
    func isNoticed(by name: String) -> Bool {
        switch self {
        case .suite(_, let scenarios): scenarios.contains(where: Glob(name).matches)
        case .noSuite, .hung: true
        case .test, .survived: false
        }
    }

    var isCaught: Bool { if case .test = self { true } else { self.isBySuite } }

    var words: String {
        switch self {
        case .suite(let count, let scenarios):
            let named = scenarios.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
            let others = scenarios.count > 3 ? " and \(scenarios.count - 3) more" : ""
            return "suite: \(count) \(count == 1 ? "case" : "cases") of \(named)\(others)"
        case .noSuite(let text): return "suite: \(text)"
        case .test(let name): return "test: \(name)"
        case .hung(let what): return "\(what) hung"
        case .survived: return "SURVIVED"
        }
    }
}

/// What came of one bug, and what of that which is to notice it did not.
struct Outcome {
    let finding: Finding
    /// Scenarios and tests, as Mutants/ names them.
    let silent: [String]

    var words: String {
        self.silent.isEmpty
            ? self.finding.words : "\(self.finding.words); not by \(self.silent.joined(separator: ", "))"
    }
}
