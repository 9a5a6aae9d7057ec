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
