import ScenarioModel
package import Verdicts

/// What a person reads when the run is over: the failures first, the numbers last, where the eye is.
package enum TerminalSummary {
    /// - Parameters:
    ///   - verbose: shows the first case of each cause whole, and lenient and informational ones too.
    ///   - reports: where the other reports are; `nil` says nothing of them.
    ///   - preface: what stands above all.
    package static func render(
        _ report: RunReport,
        color: Bool,
        verbose: Bool = false,
        reports: WrittenReports? = nil,
        preface: [Section] = []
    ) -> String {
        Renderer(digest: RunDigest(report), style: TerminalStyle(isColored: color))
            .render(verbose: verbose, reports: reports, preface: preface)
    }

    /// A title, and lines below it.
    package struct Section: Hashable, Sendable {
        var title: String
        var lines: [String]

        package init(_ title: String, _ lines: [String]) {
            self.title = title
            self.lines = lines
        }
    }

    /// What became of the other reports.
    package enum WrittenReports: Hashable, Sendable {
        case page(path: String)
        /// Some could not be written, which is an error of its own.
        case incomplete(folder: String)
    }

    private struct Renderer {
        let digest: RunDigest
        let style: TerminalStyle

        func render(verbose: Bool, reports: WrittenReports?, preface: [Section]) -> String {
            let preface = preface.filter { !$0.lines.isEmpty }.map { section in
                [self.style.paint(section.title, .bold)] + section.lines.map { "  " + SafeText.terminal($0) }
            }
            let sections =
                preface + [
                    self.failures(verbose: verbose), self.skipped, self.problems, self.invariants, self.waived,
                    self.unsupported, self.graded(verbose: verbose), self.comparison, self.table,
                    self.totals(reports),
                ]
            return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
        }

        /// A line per cause, with the command that replays its first case.
        private func failures(verbose: Bool) -> [String] {
            var lines: [String] = []
            for group in self.digest.causes(where: { !$0.isAcceptable && $0 != .skipped }) {
                let result = self.digest.first(of: group)
                if verbose, !lines.isEmpty { lines.append("") }
                lines.append(self.line(group))
                if verbose { lines += self.details(result) }
                if !result.replay.isEmpty {
                    lines.append("  replay: " + self.style.paint(SafeText.terminal(result.replay), .cyan))
                }
            }
            return lines
        }

        private func line(_ group: CauseGroup) -> String {
            let outcome = group.cause.outcome
            let label = self.style.paint(outcome.shortLabel, self.style.tint(outcome))
            let head = SafeText.terminal(CauseLine.head(group))
            return "\(label)  \(head): \(self.style.paint(SafeText.terminal(CauseLine.scenarios(group)), .bold))"
        }

        /// A line per reason: what has no verdict has little to show.
        private var skipped: [String] {
            let reasons = self.digest.unacceptable.filter { $0.verdict.outcome == .skipped }.map(\.verdict.summary)
            let counts = Dictionary(grouping: reasons) { $0 }.mapValues(\.count).sorted { $0.key < $1.key }
            let label = self.style.paint(Outcome.skipped.shortLabel, self.style.tint(.skipped))
            return counts.map { reason, count in
                "\(label)  \(NumberText.count(count, "case")) \(SafeText.terminal(reason))"
            }
        }

        /// Everything about the first case of a cause.
        private func details(_ result: CaseResult) -> [String] {
            var lines = ["  " + SafeText.terminal(result.testCase.id)]
            lines.append("  " + SafeText.terminal(self.digest.title(of: result)))
            if let scenario = self.digest.scenario(of: result) {
                lines.append("  " + self.style.paint(SafeText.terminal(scenario.rule.citation), .dim))
            }
            if let invariant = result.verdict.brokenInvariant {
                lines.append("  " + self.style.paint("broken invariant: \(invariant.meaning)", .boldRed))
            }
            if !result.verdict.summary.isEmpty { lines.append("  " + SafeText.terminal(result.verdict.summary)) }
            for check in result.verdict.failedChecks {
                lines.append("  \(SafeText.terminal(check.title))")
                lines.append("    expected  " + self.style.paint(SafeText.terminal(check.expected), .green))
                lines.append("    observed  " + self.style.paint(SafeText.terminal(check.observed), .red))
            }
            for ending in EndingText.lines(result) {
                lines.append("  ended: " + SafeText.terminal(ending))
            }
            return lines
        }

        /// Each problem on a line, and below it the end of what came with it: the target's log.
        private var problems: [String] {
            self.digest.report.problems.flatMap { problem in
                let lines = problem.split(separator: "\n")
                let head = self.style.paint("PROBLEM", .boldRed) + "  " + SafeText.terminal(String(lines.first ?? ""))
                return [head]
                    + lines.dropFirst().suffix(Self.maximumLogLines).map {
                        "  " + self.style.paint(SafeText.terminal(SafeText.shortened(String($0), to: 200)), .dim)
                    }
            }
        }

        /// Enough to see why a program ended; `--keep` keeps all of it.
        private static var maximumLogLines: Int { 8 }

        private var invariants: [String] {
            let broken = self.digest.brokenInvariants
            guard !broken.isEmpty else { return [] }
            var lines = [self.style.paint("Broken security invariants", .boldRed)]
            for (invariant, results) in broken {
                let count = NumberText.count(results.count, "case") + RunDigest.waivedClause(results)
                lines.append("  \(invariant.meaning): \(count)")
                lines += results.map { "    " + SafeText.terminal($0.testCase.id) }.shortened(indent: "    ")
            }
            return lines
        }

        private var waived: [String] {
            let groups = self.digest.causes { $0 == .expectedFail }
            guard !groups.isEmpty else { return [] }
            return ["Expected failures"]
                + groups.flatMap { group in
                    let head = SafeText.terminal("\(CauseLine.head(group)): \(CauseLine.scenarios(group))")
                    let source = [CauseLine.waivers(group), group.cause.link].compactMap(\.self).joined(separator: ", ")
                    return ["  " + head]
                        + (source.isEmpty ? [] : ["    " + self.style.paint(SafeText.terminal(source), .dim)])
                }
        }

        private var comparison: [String] {
            self.digest.report.comparison.map { ComparisonSummary.lines($0, style: self.style) } ?? []
        }

        private var unsupported: [String] {
            let missing = self.digest.missingFeatures
            guard !missing.isEmpty else { return [] }
            return ["Unsupported, by missing feature"]
                + missing.map { "  \(SafeText.terminal($0.feature)): \(NumberText.count($0.count, "case"))" }
        }

        private func graded(verbose: Bool) -> [String] {
            guard verbose else { return [] }
            let groups = self.digest.causes { $0 == .passLenient || $0 == .informational }
            guard !groups.isEmpty else { return [] }
            return ["Lenient and informational"]
                + groups.map { group in
                    let head = SafeText.terminal("\(CauseLine.head(group)): \(CauseLine.scenarios(group))")
                    return "  \(group.cause.outcome.shortLabel)  \(head)"
                }
        }

        private var table: [String] {
            guard !self.digest.areas.isEmpty else { return [] }
            let outcomes = Array(self.digest.outcomes.reversed())
            let areaWidth = max(4, self.digest.areas.map(\.count).max() ?? 0)
            func padded(_ text: String, _ width: Int) -> String {
                String(repeating: " ", count: max(0, width - text.count)) + text
            }
            func filled(_ text: String) -> String { text + String(repeating: " ", count: areaWidth - text.count) }
            let heads = outcomes.map { padded($0.shortLabel, max(6, $0.shortLabel.count) + 1) }
            var lines = [self.style.paint(filled("area") + heads.joined() + padded("all", 7), .bold)]
            for area in self.digest.areas {
                let counts = self.digest.counts(area: area)
                let cells = zip(outcomes, heads).map { outcome, head in
                    let count = counts[outcome] ?? 0
                    let text = padded(count == 0 ? "·" : String(count), head.count)
                    return self.style.paint(text, count == 0 ? .dim : self.style.tint(outcome))
                }
                let total = counts.values.reduce(0, +)
                lines.append(filled(area) + cells.joined() + padded(String(total), 7))
            }
            return lines
        }

        private func totals(_ reports: WrittenReports?) -> [String] {
            let report = self.digest.report
            let target = SafeText.terminal("\(report.target.title) \(report.target.version)")
            let numbers = self.digest.outcomes.reversed().map { outcome in
                self.style.paint("\(self.digest.count(outcome)) \(outcome.label)", self.style.tint(outcome))
            }
            var lines = [
                "\(target): \(NumberText.count(report.results.count, "case")) in "
                    + "\(NumberText.duration(seconds: report.durationSeconds)), seed \(SafeText.terminal(report.seed))"
            ]
            if !numbers.isEmpty { lines.append(numbers.joined(separator: ", ")) }
            if let interruption = report.interruption { lines.append("interrupted: \(interruption.sentence)") }
            switch reports {
            case .page(let path)?: lines.append("reports: \(SafeText.terminal(path))")
            case .incomplete(let folder)?:
                lines.append("reports: not all could be written to \(SafeText.terminal(folder))")
                return lines + [self.style.paint("exit 70: reports are missing", .boldRed)]
            case nil: break
            }
            let tint: TerminalStyle.Tint =
                switch report.exitCode {
                case 0: .boldGreen
                case RunReport.onlyRecommendationsFailed: .red
                default: .boldRed
                }
            return lines + [self.style.paint(self.digest.exitMeaning, tint)]
        }
    }
}
