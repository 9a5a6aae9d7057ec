package import ScenarioModel

/// What a case says of a target to those who choose or run one: a failure is one whether a waiver foretold it or not.
package enum CompatibilityGrade: String, CaseIterable, CodingKeyRepresentable, Hashable, Sendable, Codable {
    /// A security invariant was broken.
    case broken
    /// A rule that binds failed: a MUST, or what lies outside of all that a MAY leaves open.
    case failed
    /// A rule that is only recommended (SHOULD) failed.
    case failedShould = "failed-should"
    /// It came out differently when it was repeated.
    case unsteady
    /// The harness could not tell, or the run was interrupted: never the target's fault.
    case undecided
    /// The specifications leave it free, or the rule is none that the target promises to keep.
    case free
    /// Sound, though not the strict answer.
    case lenient
    case held
    /// The target lacks what the case needs.
    case unsupported

    /// - Parameter level: of the scenario's rule; `nil` where the run does not say, which then counts as binding.
    package init(_ mark: CaseMark, level: Rule.Level?) {
        if mark.breaksInvariant {
            self = .broken
            return
        }
        switch mark.outcome {
        case .pass, .unexpectedPass: self = .held
        case .passLenient: self = .lenient
        case .informational: self = .free
        case .fail, .hang, .expectedFail: self = level == .should ? .failedShould : .failed
        case .failShould: self = .failedShould
        case .flaky: self = .unsteady
        case .error, .skipped: self = .undecided
        case .unsupported: self = .unsupported
        }
    }

    /// Something was not as it may be.
    package var isFailure: Bool {
        switch self {
        case .broken, .failed, .failedShould, .unsteady: true
        case .undecided, .free, .lenient, .held, .unsupported: false
        }
    }

    /// It says that the target did what it may do.
    package var isSound: Bool {
        switch self {
        case .free, .lenient, .held: true
        case .broken, .failed, .failedShould, .unsteady, .undecided, .unsupported: false
        }
    }
}

/// How many cases of one scenario, or of several, came to which grade.
package struct GradeCounts: Hashable, Sendable {
    private var counts: [CompatibilityGrade: Int] = [:]

    package init() {}

    package init(_ cell: Compatibility.Cell, level: Rule.Level?) {
        for mark in cell.marks.compactMap(\.self) {
            self.counts[CompatibilityGrade(mark, level: level), default: 0] += 1
        }
    }

    package static func += (sum: inout Self, other: Self) { sum.counts.merge(other.counts, uniquingKeysWith: +) }

    package func count(_ grade: CompatibilityGrade) -> Int { self.counts[grade] ?? 0 }

    /// All that were asked, those that the target does not support among them.
    package var asked: Int { self.counts.values.reduce(0, +) }
    /// Those that the target could be asked.
    package var supported: Int { self.asked - self.count(.unsupported) }

    /// The worst of those that the target could be asked, or that it could be asked none; `nil` where nothing was asked.
    package var worst: CompatibilityGrade? {
        CompatibilityGrade.allCases.first { $0 != .unsupported && self.count($0) > 0 }
            ?? (self.count(.unsupported) > 0 ? .unsupported : nil)
    }

    /// The grades that occur, the worst first.
    package var grades: [(grade: CompatibilityGrade, count: Int)] {
        CompatibilityGrade.allCases.map { ($0, self.count($0)) }.filter { $0.1 > 0 }
    }
}
