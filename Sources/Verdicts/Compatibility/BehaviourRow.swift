package import ScenarioModel

extension Compatibility {
    /// One question of ``OperatorQuestion`` and what each target did.
    package struct BehaviourRow: Hashable, Sendable, Codable {
        /// The question's.
        package var id: String
        package var question: String
        /// For each column; empty where no case asked it.
        package var answers: [[Answer]]

        package init(id: String, question: String, answers: [[Answer]]) {
            self.id = id
            self.question = question
            self.answers = answers
        }
    }

    /// One thing that a target did when it was asked, in so many cases.
    package struct Answer: Hashable, Sendable, Codable {
        /// `alert unrecognized_name`
        package var words: String
        /// What its cases have in common that not all of the question's have: `edge`, `TLS 1.2`. Empty where that is nothing.
        package var circumstances: [String]
        /// The worst of its cases.
        package var grade: CompatibilityGrade
        package var cases: [String]

        package init(words: String, circumstances: [String] = [], grade: CompatibilityGrade, cases: [String]) {
            self.words = words
            self.circumstances = circumstances
            self.grade = grade
            self.cases = cases
        }
    }
}

extension Compatibility.Answer {
    /// What one case said to a question.
    package struct Evidence: Hashable, Sendable {
        package var testCase: Case
        package var grade: CompatibilityGrade
        package var words: String

        package init(testCase: Case, grade: CompatibilityGrade, words: String) {
            self.testCase = testCase
            self.grade = grade
            self.words = words
        }
    }

    /// The answers to one question, what most cases said first.
    package static func all(_ evidence: [Evidence]) -> [Self] {
        let told = evidence.filter { $0.grade != .unsupported }
        let whole = (told.isEmpty ? evidence : told).map(\.testCase)
        let order = CompatibilityGrade.allCases
        let answers = Dictionary(grouping: evidence, by: \.words).map { words, group in
            // What is not supported hangs on the role, and not on what else was chosen.
            let isTold = group.contains { $0.grade != .unsupported }
            return Self(
                words: words,
                circumstances: Self.circumstances(
                    of: group.map(\.testCase),
                    among: whole,
                    named: isTold ? nil : "role"
                ),
                grade: order.first { grade in group.contains { $0.grade == grade } } ?? .undecided,
                cases: group.map(\.testCase.id)
            )
        }
        return answers.sorted {
            let isLater = ($0.grade == .unsupported, $1.grade == .unsupported)
            if isLater.0 != isLater.1 { return isLater.1 }
            return ($1.cases.count, $0.words) < ($0.cases.count, $1.words)
        }
    }

    /// More values than this of one choice are no longer what cases have in common.
    private static let valueLimit = 2

    /// - Parameter name: the only choice to look at; `nil` for each.
    private static func circumstances(of cases: [Case], among all: [Case], named name: String?) -> [String] {
        let whole = Self.values(all)
        return Self.values(cases).filter { name == nil || $0.name == name }.compactMap { name, values in
            let others = whole.first { $0.name == name }?.values
            guard values.count <= Self.valueLimit, values != others else { return nil }
            let list = values.joined(separator: ", ")
            return switch name {
            case "role", "engine": list
            case "version", "offers": "TLS \(list)"
            default: "\(name) \(list)"
            }
        }
    }

    /// Every choice that was made, in the order of the cases, and its values in that of the alphabet.
    private static func values(_ cases: [Case]) -> [(name: String, values: [String])] {
        var names: [String] = []
        var values: [String: Set<String>] = [:]
        for testCase in cases {
            for choice in Self.choices(of: testCase) {
                if values[choice.name] == nil { names.append(choice.name) }
                values[choice.name, default: []].insert(choice.value)
            }
        }
        return names.map { ($0, (values[$0] ?? []).sorted()) }
    }

    private static func choices(of testCase: Case) -> [Case.Choice] {
        let hasRole = testCase.choices.contains { $0.name == "role" }
        return (hasRole ? [] : [Case.Choice(name: "role", value: testCase.role.rawValue)]) + testCase.choices
    }
}
