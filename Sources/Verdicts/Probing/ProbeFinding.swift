/// One answer of an edge to a probe, beside what its target declares.
package struct ProbeFinding: Hashable, Sendable, Codable {
    package var question: ProbeQuestion
    /// Which of several things is asked: a role, a version, `silence`. Empty where there is one only.
    package var subject: String
    /// `65,536 bytes`, `after 3.0 s`, `yes`.
    package var found: String
    /// The same in words that stay as long as the edge does the same: without measured times.
    package var steady: String
    /// What the target's file says; `nil` where it can say nothing about it.
    package var declared: String?
    package var agreement: Agreement
    /// What was done and seen, in a sentence.
    package var evidence: String

    package init(
        _ question: ProbeQuestion,
        _ subject: String = "",
        found: String,
        steady: String? = nil,
        declared: String? = nil,
        _ agreement: Agreement,
        evidence: String
    ) {
        self.question = question
        self.subject = subject
        self.found = found
        self.steady = steady ?? found
        self.declared = declared
        self.agreement = agreement
        self.evidence = evidence
    }

    /// `largest-hello[edge]`
    package var id: String {
        self.subject.isEmpty ? self.question.rawValue : "\(self.question.rawValue)[\(self.subject)]"
    }

    package enum Agreement: String, CaseIterable, Codable, Hashable, Sendable {
        case agrees
        /// It is declared, and was not found, or found otherwise: the declaration is wrong.
        case contradicts
        /// It was found, and could be declared. Nobody has to promise what he does.
        case undeclared
        /// There is nothing that could be declared of it.
        case noted
        /// The harness was late each time that it was asked.
        case undecided

        /// A capability that is there or is not.
        package init(declared: Bool, found: Bool) {
            switch (declared, found) {
            case (true, true), (false, false): self = .agrees
            case (true, false): self = .contradicts
            case (false, true): self = .undeclared
            }
        }
    }
}

/// Everything that a probe learnt of a target.
package struct ProbeReport: Hashable, Sendable, Codable {
    package static let schemaVersion = 1
    package var schemaVersion = Self.schemaVersion
    package var tool: RunReport.Tool
    package var target: RunReport.TargetIdentity
    package var seed: String
    /// RFC 3339, UTC.
    package var startedAt: String
    package var durationSeconds: Double
    /// In the order of the questions.
    package var findings: [ProbeFinding]
    /// What could have been asked, and why it was not, in a sentence each.
    package var notAsked: [NotAsked]
    /// What is wrong with the probe itself; nothing that was found can be believed then.
    package var problems: [String]
    package var isInterrupted: Bool
    /// Found and not declared fails too.
    package var isStrict: Bool

    package struct NotAsked: Hashable, Sendable, Codable {
        /// A question with its subject, or a feature that no question is about.
        package var what: String
        package var reason: String
        package init(_ what: String, reason: String) {
            self.what = what
            self.reason = reason
        }
    }

    package init(
        tool: RunReport.Tool,
        target: RunReport.TargetIdentity,
        seed: String,
        startedAt: String,
        isStrict: Bool = false
    ) {
        self.tool = tool
        self.target = target
        self.seed = seed
        self.startedAt = startedAt
        self.durationSeconds = 0
        self.findings = []
        self.notAsked = []
        self.problems = []
        self.isInterrupted = false
        self.isStrict = isStrict
    }

    package func count(_ agreement: ProbeFinding.Agreement) -> Int {
        self.findings.count { $0.agreement == agreement }
    }

    /// 70 where the harness could not tell, 1 where a declaration is wrong or the probe did not come to its end, else 0.
    package var exitCode: Int32 {
        if self.count(.undecided) > 0 { return 70 }
        let isWrong = self.count(.contradicts) > 0 || self.isStrict && self.count(.undeclared) > 0
        return isWrong || !self.problems.isEmpty || self.isInterrupted ? 1 : 0
    }
}
