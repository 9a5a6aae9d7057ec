import ScenarioModel

/// What `shakedown coverage` prints.
package enum CoverageText {
    /// How much is shown below the table.
    package enum Detail: Hashable, Sendable {
        /// The sentences that no scenario checks and, of a run, those that failed.
        case shortcomings
        /// Every sentence with what checks it.
        case everything
    }

    package static func render(_ coverage: Coverage, _ detail: Detail = .shortcomings) -> String {
        let parts =
            [Self.table(coverage), Self.figures(coverage)]
            + (detail == .everything ? Self.everything(coverage) : Self.shortcomings(coverage))
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The sentences that no scenario checks, and nothing else.
    package static func missing(_ coverage: Coverage) -> String {
        coverage.documents.map { document in
            document.sentences.filter { $0.isCounted && $0.state == .missing }
                .map { Self.sentence($0, of: document) }.joined()
        }.joined()
    }

    // MARK: The table

    private static func table(_ coverage: Coverage) -> String {
        let hasRun = coverage.target != nil
        var rows = [["", "", "sentences", "covered", "not covered", "not observable"]]
        if hasRun { rows[0] += ["held", "failed", "not asked"] }
        var totals: [(level: Rule.Level, tally: Coverage.Tally)] = []
        for level in Coverage.countedLevels { totals.append((level, coverage.tally(of: level))) }
        for document in coverage.documents {
            var name = document.name.description
            for level in Coverage.countedLevels {
                let tally = document.tally(of: level)
                guard tally.sentences > 0 else { continue }
                rows.append(Self.row(name, level, tally, hasRun: hasRun))
                name = ""
            }
        }
        var name = "together"
        for (level, tally) in totals where tally.sentences > 0 {
            rows.append(Self.row(name, level, tally, hasRun: hasRun))
            name = ""
        }
        return Self.aligned(rows)
    }

    private static func row(_ name: String, _ level: Rule.Level, _ tally: Coverage.Tally, hasRun: Bool) -> [String] {
        let known = [tally.covered, tally.missing, tally.unobservable].map { Self.share($0, of: tally.sentences) }
        let found = [tally.held, tally.failed, tally.notAsked].map(String.init)
        return [name, level.rawValue.uppercased(), "\(tally.sentences)"] + known + (hasRun ? found : [])
    }

    /// The first two columns to the left, numbers to the right.
    private static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let room = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + room : room + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    // MARK: Figures

    private static func figures(_ coverage: Coverage) -> String {
        var lines: [String] = []
        for level in Coverage.countedLevels {
            let tally = coverage.tally(of: level)
            guard tally.observable > 0 else { continue }
            let share = Self.outOf(tally.covered, tally.observable)
            lines.append("\(level.rawValue.uppercased())s covered of those that can be observed: \(share)\n")
        }
        if let target = coverage.target {
            lines.append("\n\(target.title) \(target.version)\n")
            for (origin, name) in [(Rule.Origin.rfc, "RFC"), (.proxyProtocol, "PROXY protocol")] {
                for level in Coverage.countedLevels {
                    let tally = coverage.tally(of: level, from: [origin])
                    guard tally.asked > 0 else { continue }
                    let share = Self.outOf(tally.held, tally.asked)
                    lines.append(
                        "\(name) \(level.rawValue.uppercased())s held of those asked: \(share), "
                            + "\(tally.heldStrictly) of them in every case to the letter\n"
                    )
                }
            }
        }
        return lines.joined()
    }

    /// `78 of 80 (97 %)`
    private static func outOf(_ count: Int, _ all: Int) -> String { "\(count) of \(all) (\(Self.percent(count, all)))" }

    private static func share(_ count: Int, of all: Int) -> String {
        let percent = Self.percent(count, all)
        return "\(count)" + String(repeating: " ", count: 7 - percent.count) + percent
    }

    /// To the nearest whole one, but all only for all and none only for none.
    private static func percent(_ count: Int, _ all: Int) -> String {
        if count == all { return all == 0 ? "0 %" : "100 %" }
        return count == 0 ? "0 %" : "\(min(99, max(1, (200 * count + all) / (2 * all)))) %"
    }

    // MARK: Sentences

    private static func shortcomings(_ coverage: Coverage) -> [String] {
        let failed = coverage.documents.map { document in
            document.sentences.filter { $0.isCounted && $0.answer?.finding == .failed }
                .map { Self.sentence($0, of: document) + Self.failedCases($0) }.joined()
        }.joined()
        let missing = Self.missing(coverage)
        return [failed.isEmpty ? "" : "failed\n\n" + failed, missing.isEmpty ? "" : "not covered\n\n" + missing]
    }

    private static func everything(_ coverage: Coverage) -> [String] {
        coverage.documents.map { document in
            let former = document.replaces.map { ", which replaces \($0)" } ?? ""
            let heading = "\(document.name): \(document.title)\(former)\n\(document.scope)\n\n"
            return heading
                + document.sentences.map { sentence in
                    Self.sentence(sentence, of: document) + Self.known(sentence) + Self.found(sentence)
                }.joined()
        }
    }

    /// The place on one line, the sentence on the next.
    private static func sentence(_ sentence: Coverage.Sentence, of document: Coverage.Document) -> String {
        var place = "\(document.name) \(sentence.section)"
        if let former = document.replaces {
            switch sentence.formerSection {
            case sentence.section: break
            case let section?: place += " (\(former) \(section))"
            case nil: place += " (not in \(former))"
            }
        }
        return "  \(place)  \(sentence.level.rawValue.uppercased())  \(sentence.id)\n    \(sentence.text)\n"
    }

    private static func known(_ sentence: Coverage.Sentence) -> String {
        switch sentence.state {
        case .covered:
            "    covered: \(sentence.scenarios.joined(separator: ", "))"
                + " (\(sentence.caseCount) case\(sentence.caseCount == 1 ? "" : "s"))\n"
        case .missing: "    not covered\n"
        case .unobservable: "    not observable: \(sentence.reason ?? "")\n"
        }
    }

    private static func found(_ sentence: Coverage.Sentence) -> String {
        guard sentence.state == .covered, let answer = sentence.answer else { return "" }
        return switch answer.finding {
        case .held:
            "    held: \(answer.asked) of \(answer.asked) cases"
                + (answer.lenient > 0 ? ", \(answer.lenient) of them leniently" : "") + "\n"
        case .failed: Self.failedCases(sentence)
        case .notAsked: "    not asked\n"
        }
    }

    private static func failedCases(_ sentence: Coverage.Sentence) -> String {
        guard let answer = sentence.answer else { return "" }
        let shown = answer.failedCases.prefix(3)
        let more = answer.failedCases.count - shown.count
        return "    failed: \(answer.failedCases.count) of \(answer.asked) cases: \(shown.joined(separator: ", "))"
            + (more > 0 ? " and \(more) more" : "") + "\n"
    }
}

extension Coverage.Sentence {
    fileprivate var isCounted: Bool { Coverage.countedLevels.contains(self.level) }
}
