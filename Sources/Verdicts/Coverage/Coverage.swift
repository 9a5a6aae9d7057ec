package import ScenarioModel

/// Which sentences of the specifications the catalogue checks and, with a run, what the target did about each.
package struct Coverage: Hashable, Sendable, Codable {
    package static let schemaVersion = 1
    package var schemaVersion = Self.schemaVersion
    package var documents: [Document]
    /// Whose run the findings are of; `nil` without one.
    package var target: RunReport.TargetIdentity?

    /// - Parameter run: Says what a target did; the sentences are those of today's catalogue, whatever the run's was.
    package init(of lists: [RequirementList], scenarios: [Scenario], run: RunReport? = nil) {
        let caseCounts = Dictionary(scenarios.map { ($0.id, $0.cases.count) }, uniquingKeysWith: { first, _ in first })
        let evidence = run.map(RunEvidence.init)
        self.documents = lists.map { list in
            Document(
                name: list.document,
                title: list.title,
                scope: list.scope,
                replaces: list.formerDocument,
                sentences: list.requirements.map { requirement in
                    Sentence(
                        requirement,
                        caseCount: requirement.scenarios.reduce(0) { $0 + (caseCounts[$1] ?? 0) },
                        answer: evidence?.answer(to: requirement)
                    )
                }
            )
        }
        self.target = run?.target
    }

    package struct Document: Hashable, Sendable, Codable {
        package var name: Rule.Document
        package var title: String
        package var scope: String
        package var replaces: Rule.Document?
        package var sentences: [Sentence]
    }

    package struct Sentence: Hashable, Sendable, Codable {
        package var id: String
        package var section: String
        /// The section of the document that was replaced.
        package var formerSection: String?
        package var level: Rule.Level
        package var text: String
        package var state: State
        /// Why nobody outside can tell.
        package var reason: String?
        package var scenarios: [String]
        /// How many cases these scenarios have.
        package var caseCount: Int
        package var answer: Answer?
    }

    /// What the catalogue knows of a sentence.
    package enum State: String, CaseIterable, Codable, Hashable, Sendable {
        case covered
        case missing = "not-covered"
        case unobservable = "not-observable"
    }

    /// What one target did about a sentence.
    package struct Answer: Hashable, Sendable, Codable {
        package var finding: Finding
        /// How many cases told.
        package var asked: Int
        /// How many of them came out well by a grade that is less than strict: what other sound edges do, and what the document
        /// leaves free, but not what it says.
        package var lenient: Int
        /// Those that came out against it.
        package var failedCases: [String]
    }

    package enum Finding: String, CaseIterable, Codable, Hashable, Sendable {
        case held, failed
        /// No case that the target could run told.
        case notAsked = "not-asked"
    }
}

extension Coverage.Sentence {
    fileprivate init(_ requirement: Requirement, caseCount: Int, answer: Coverage.Answer?) {
        self.id = requirement.id
        self.section = requirement.rule.section
        self.formerSection = requirement.formerSection
        self.level = requirement.rule.level
        self.text = requirement.text
        self.scenarios = requirement.scenarios
        self.caseCount = caseCount
        self.answer = answer
        switch requirement.proof {
        case .scenarios: self.state = .covered
        case .missing: self.state = .missing
        case .unobservable(let reason):
            self.state = .unobservable
            self.reason = reason
        }
    }
}

extension Coverage {
    /// The same for some of its documents.
    package func only(_ names: Set<Rule.Document>) -> Coverage {
        var some = self
        some.documents = self.documents.filter { names.contains($0.name) }
        return some
    }
}
