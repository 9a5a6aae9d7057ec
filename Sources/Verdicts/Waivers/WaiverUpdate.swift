import ConfigurationFiles
import ScenarioModel

/// What of a target's waivers must change so that exactly what fails now is waived, and as little as possible.
package struct WaiverUpdate: Hashable, Sendable {
    /// Those that nothing fails by any more.
    package var removed: [Waiver]
    package var narrowed: [Narrowing]
    package var added: [Addition]

    /// A waiver that covers more than what fails.
    package struct Narrowing: Hashable, Sendable {
        package var waiver: Waiver
        /// What takes its place; several become a waiver each.
        package var parts: [Part]

        package struct Part: Hashable, Sendable {
            package var cases: String
            package var checks: [String]

            package init(cases: String, checks: [String]) {
                self.cases = cases
                self.checks = checks
            }
        }

        package init(waiver: Waiver, parts: [Part]) {
            self.waiver = waiver
            self.parts = parts
        }
    }

    /// A failure that no waiver spoke of.
    package struct Addition: Hashable, Sendable {
        package var cases: String
        /// `fail` or `hang`.
        package var outcome: Outcome
        package var checks: [String]
        /// How the first of them failed, for whoever has to say why.
        package var seen: String
        package var count: Int

        package init(cases: String, outcome: Outcome, checks: [String], seen: String, count: Int) {
            self.cases = cases
            self.outcome = outcome
            self.checks = checks
            self.seen = seen
            self.count = count
        }
    }

    package init(removed: [Waiver] = [], narrowed: [Narrowing] = [], added: [Addition] = []) {
        self.removed = removed
        self.narrowed = narrowed
        self.added = added
    }

    package var isEmpty: Bool { self.removed.isEmpty && self.narrowed.isEmpty && self.added.isEmpty }

    /// What the loader refuses as a reason, so that nobody waives what he cannot say why.
    package static let openReason = "FILL IN:"

    /// - Parameters:
    ///   - waivers: those that the run was judged with.
    ///   - results: of the run. A waiver is looked at where all of its cases are among them.
    ///   - catalogue: the ids of every case that there is.
    package init(_ waivers: Waivers, results: [CaseResult], catalogue: Set<String>) {
        let played = Set(results.map(\.testCase.id))
        let harmless = Set(results.filter(\.verdict.isHarmless).map(\.testCase.id))
        let failures = Self.failures(results, waivers)
        self.init(added: Self.additions(results))
        var wide: [(waiver: Waiver, passed: Set<String>)] = []
        var covered: Set<String> = []
        for waiver in waivers.entries {
            let matched = catalogue.filter(waiver.cases.matches)
            guard !matched.isEmpty else {
                self.removed.append(waiver)
                continue
            }
            // What fails now and then need not fail now, and what was not played may still fail.
            if waiver.isFlaky || !matched.isSubset(of: played) {
                covered.formUnion(matched)
                continue
            }
            let passed = matched.intersection(harmless)
            guard passed.isEmpty else {
                wide.append((waiver, passed))
                continue
            }
            let own = failures.filter { $0.isForetold(by: waiver) }
            if own.isEmpty {
                self.removed.append(waiver)
            } else {
                self.narrow(waiver, to: [waiver.cases.pattern], for: own)
                covered.formUnion(own.map(\.id))
            }
        }
        // What another entry foretells needs no second one.
        for (waiver, passed) in wide {
            let own = failures.filter { $0.isForetold(by: waiver) && !covered.contains($0.id) }
            if own.isEmpty {
                self.removed.append(waiver)
            } else {
                self.narrow(waiver, to: GlobCover.globs(for: Set(own.map(\.id)), avoiding: passed), for: own)
                covered.formUnion(own.map(\.id))
            }
        }
    }

    private mutating func narrow(_ waiver: Waiver, to cases: [String], for failures: [Failure]) {
        let parts = cases.map { pattern in
            let glob = Glob(pattern)
            let seen = failures.filter { glob.matches($0.id) }.reduce(into: Set<String>()) { $0.formUnion($1.checks) }
            return Narrowing.Part(cases: pattern, checks: waiver.checks.filter(seen.contains))
        }
        guard parts != [.init(cases: waiver.cases.pattern, checks: waiver.checks)] else { return }
        self.narrowed.append(Narrowing(waiver: waiver, parts: parts))
    }

    /// A case that failed as a waiver said.
    private struct Failure {
        var id: String
        var outcome: Outcome
        var checks: Set<String>

        func isForetold(by waiver: Waiver) -> Bool {
            waiver.cases.matches(self.id) && waiver.outcome == self.outcome && self.checks.isSubset(of: waiver.checks)
        }
    }

    private static func failures(_ results: [CaseResult], _ waivers: Waivers) -> [Failure] {
        results.compactMap { result in
            // Behaviours and baselines foretell without a waiver.
            guard result.verdict.outcome == .expectedFail,
                let waiver = waivers.entries.first(where: { $0.citation == result.verdict.waiver })
            else { return nil }
            let checks = Set(result.verdict.failedChecks.map(\.check))
            return Failure(id: result.testCase.id, outcome: waiver.outcome, checks: checks)
        }
    }

    private struct Kind: Hashable {
        var scenario: String
        var outcome: Outcome
        var checks: [String]
    }

    /// Failures of a scenario that are alike are one; no glob matches what does not fail so.
    private static func additions(_ results: [CaseResult]) -> [Addition] {
        var groups: [Kind: [CaseResult]] = [:]
        for result in results {
            guard let outcome = result.verdict.waivableOutcome else { continue }
            let checks = Set(result.verdict.failedChecks.map(\.check))
            // A failure without a check is none of what a waiver can name.
            guard !checks.isEmpty else { continue }
            let order = CheckResult.names
            let kind = Kind(
                scenario: result.testCase.scenario,
                outcome: outcome,
                checks: checks.sorted {
                    (order.firstIndex(of: $0) ?? .max, $0) < (order.firstIndex(of: $1) ?? .max, $1)
                }
            )
            groups[kind, default: []].append(result)
        }
        let played = Set(results.filter { $0.verdict.outcome != .unsupported }.map(\.testCase.id))
        var added: [Addition] = []
        for (kind, failed) in groups {
            let ids = Set(failed.map(\.testCase.id))
            for pattern in GlobCover.globs(for: ids, avoiding: played.subtracting(ids)) {
                let glob = Glob(pattern)
                let covered = failed.filter { glob.matches($0.testCase.id) }.sorted { $0.testCase.id < $1.testCase.id }
                added.append(
                    Addition(
                        cases: pattern,
                        outcome: kind.outcome,
                        checks: kind.checks,
                        seen: covered.first?.verdict.summary ?? "",
                        count: covered.count
                    )
                )
            }
        }
        return added.sorted {
            ($0.cases, $0.outcome.rawValue, $0.checks.joined()) < ($1.cases, $1.outcome.rawValue, $1.checks.joined())
        }
    }
}

extension Verdict {
    /// It does not fail by what was seen, so that no waiver may speak of it.
    fileprivate var isHarmless: Bool {
        switch self.outcome {
        case .pass, .passLenient, .informational, .unexpectedPass: true
        case .fail, .failShould, .expectedFail, .unsupported, .skipped, .error, .hang, .flaky: false
        }
    }

    /// What a waiver would have to say of it; `nil` of what none can speak of.
    fileprivate var waivableOutcome: Outcome? {
        switch self.outcome {
        case .fail: .fail
        case .hang: .hang
        case .failShould: self.wasHeldOpen == true ? .hang : .fail
        case .pass, .passLenient, .informational, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error,
            .flaky:
            nil
        }
    }
}
