import ScenarioModel
package import Verdicts

/// The same for places that show Markdown: scores, behaviours, the matrix of areas, and the scenarios that failed somewhere.
package enum CompatibilityMarkdown {
    private static let textLimit = 160

    package static func render(_ compatibility: Compatibility) -> String {
        var lines = ["# Compatibility of TLS edges", ""]
        lines += Self.facts(compatibility) + [""]
        lines += Self.problems(compatibility)
        lines += ["## Scores", ""] + Self.scores(compatibility) + [""]
        lines += Self.absent(compatibility)
        lines += ["## What each of them does", ""] + Self.behaviours(compatibility)
        lines += ["## Areas", ""] + Self.areas(compatibility) + [""]
        lines += Self.failures(compatibility)
        lines += Self.changes(compatibility)
        lines += ["## Legend", ""] + Self.legend()
        return lines.joined(separator: "\n") + "\n"
    }

    /// The scores alone, as README files show them.
    ///
    /// - Parameter folder: where the page is, from the file that this goes into: `Reports/Published`.
    package static func summary(_ compatibility: Compatibility, folder: String) -> String {
        let day = Timestamp(compatibility.madeAt).readable.prefix(10)
        let place = folder.isEmpty ? "" : "\(folder)/"
        return
            (Self.scores(compatibility) + [
                "",
                "\(day), \(CompatibilityHeader.catalogue(compatibility)); "
                    + "[what each of them does, in words, and scenario by scenario](\(place)\(CompatibilityPublication.FileName.markdown)), "
                    + "and as [one page](\(place)\(CompatibilityPublication.FileName.html)) with every case.",
            ]).joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    private static func facts(_ compatibility: Compatibility) -> [String] {
        [
            "\(Timestamp(compatibility.madeAt).readable), \(CompatibilityHeader.catalogue(compatibility)), "
                + SafeText.markdown("\(compatibility.tool.name) \(compatibility.tool.version)") + ".",
            compatibility.engines.isEmpty
                ? "" : "Clients and upstreams: \(SafeText.markdown(compatibility.engines.joined(separator: ", "))).",
            compatibility.machines.isEmpty
                ? "" : "Machine: \(SafeText.markdown(compatibility.machines.joined(separator: "; "))).",
        ].filter { !$0.isEmpty }
    }

    private static func problems(_ compatibility: Compatibility) -> [String] {
        let lines = compatibility.columns.flatMap { column in
            column.problems.map { "- **\(SafeText.markdown(column.title))**: \(SafeText.markdown($0))" }
        }
        return lines.isEmpty ? [] : ["## What is missing", ""] + lines + [""]
    }

    private static func scores(_ compatibility: Compatibility) -> [String] {
        let head = [
            "target", "RFC MUSTs held, of those that it supports", "features declared", "where TLS ends", "besides",
        ]
        var lines = [Self.row(head), Self.row(head.map { _ in "---" })]
        lines += compatibility.columns.map { column in
            var notes: [String] = []
            if column.brokenCount > 0 {
                notes.append("\(NumberText.count(column.brokenCount, "case")) with a broken security invariant")
            }
            if column.undecidedCount > 0 {
                notes.append("\(NumberText.count(column.undecidedCount, "case")) undecided")
            }
            return Self.row([
                SafeText.markdown(column.title), column.mustText, column.featureText,
                column.roles.map(\.rawValue).joined(separator: ", "), notes.joined(separator: "; "),
            ])
        }
        lines += compatibility.absent.map { target in
            Self.row([SafeText.markdown(target.title), target.state.label, "", "", ""])
        }
        return lines
    }

    private static func absent(_ compatibility: Compatibility) -> [String] {
        guard !compatibility.absent.isEmpty else { return [] }
        return compatibility.absent.map { target in
            "- **\(SafeText.markdown(target.title))**, \(target.state.label): \(SafeText.markdown(target.reason))"
                + (target.remedy.map { "; \(SafeText.markdownCode($0))" } ?? "")
        } + [""]
    }

    /// A list and no table: sentences of ten targets are too wide for one.
    private static func behaviours(_ compatibility: Compatibility) -> [String] {
        compatibility.behaviours.flatMap { row -> [String] in
            var lines = ["### \(SafeText.markdown(row.question))", ""]
            for (column, answers) in zip(compatibility.columns, row.answers) {
                let words = answers.map { answer in
                    let circumstances = answer.circumstances.joined(separator: ", ")
                    return
                        "\(answer.grade.mark) \(SafeText.markdown(SafeText.shortened(answer.words, to: Self.textLimit)))"
                        + (circumstances.isEmpty ? "" : " (\(SafeText.markdown(circumstances)))")
                }
                lines.append(
                    "- **\(SafeText.markdown(column.title))**: \(words.isEmpty ? "not asked" : words.joined(separator: "; "))"
                )
            }
            return lines + [""]
        }
    }

    private static func areas(_ compatibility: Compatibility) -> [String] {
        let head = ["area"] + compatibility.columns.map { SafeText.markdown($0.target.title) }
        var lines = [Self.row(head), Self.row(head.map { _ in "---" })]
        var origin: Rule.Origin??
        for area in compatibility.areas {
            if origin != .some(area.origin) {
                lines.append(Self.row(["**\(area.origin.heading)**"] + compatibility.columns.map { _ in "" }))
                origin = area.origin
            }
            let cells = compatibility.columns.indices.map { area.counts($0).cell }
            lines.append(Self.row([SafeText.markdown(area.name)] + cells))
        }
        return lines
    }

    private static func failures(_ compatibility: Compatibility) -> [String] {
        let failed = compatibility.rows.filter { row in
            compatibility.columns.indices.contains { row.counts($0).worst?.isFailure == true }
        }
        guard !failed.isEmpty else { return [] }
        let head = ["scenario", "rule"] + compatibility.columns.map { SafeText.markdown($0.target.title) }
        return ["## Scenarios that failed somewhere", "", Self.row(head), Self.row(head.map { _ in "---" })]
            + failed.map { row in
                Self.row(
                    [SafeText.markdownCode(row.scenario), row.rule.map { SafeText.markdown($0.citation) } ?? ""]
                        + compatibility.columns.indices.map { row.counts($0).cell }
                )
            } + [""]
    }

    private static func changes(_ compatibility: Compatibility) -> [String] {
        guard let changes = compatibility.changes else { return [] }
        let kinds = CompatibilityChanges.Kind.allCases
        let head = ["target"] + kinds.map(\.label) + ["as before"]
        var lines = ["## Different from \(Timestamp(changes.earlierMadeAt).readable)", ""]
        lines += [Self.row(head), Self.row(["---"] + head.dropFirst().map { _ in "---:" })]
        lines += changes.columns.map { column in
            let title = compatibility.columns.first { $0.id == column.id }?.title ?? column.id
            return Self.row(
                [SafeText.markdown(title)] + kinds.map { "\(column.count($0))" } + ["\(column.unchangedCount)"]
            )
        }
        return lines + [""]
    }

    private static func legend() -> [String] {
        CompatibilityGrade.allCases.map { "- \($0.mark) **\($0.label)**: \($0.meaning)" }
            + [
                "- ✗ 3/12: 3 of the 12 cases that the target supports have this grade, the worst of them; ✓ 12: all 12 have it.",
                "- **RFC MUSTs held**: \(CompatibilityLegend.mustScore)",
                "- **Features declared**: \(CompatibilityLegend.featureScore)",
            ]
    }
}
