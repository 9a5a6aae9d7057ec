package import Verdicts

/// What `shakedown probe` prints for people: a table of what was found beside what is declared, and what follows.
package enum ProbeTable {
    package static func render(_ report: ProbeReport, color: Bool) -> String {
        let style = TerminalStyle(isColored: color)
        var text = "\(report.target.title) \(report.target.version) (\(report.target.name))\n\n"
        text += Self.table(report.findings, style)
        text += Self.section("Wrong", report.findings.filter { $0.agreement == .contradicts }) { finding in
            "\(finding.id): declared \(finding.declared ?? "nothing"), found \(finding.found) (\(finding.evidence))"
        }
        text += Self.section(
            "Not told, since the harness was late or failed",
            report.findings.filter { $0.agreement == .undecided }
        ) {
            "\($0.id): \($0.evidence)"
        }
        text += Self.section("Found, and not declared", report.findings.filter { $0.agreement == .undeclared }) {
            "\($0.id): \($0.found) (\($0.evidence))"
        }
        text += Self.section("Not asked", report.notAsked) { "\($0.what): \($0.reason)" }
        text += Self.section("Problems", report.problems) { $0 }
        return text + Self.conclusion(report, style) + "\n"
    }

    private static func table(_ findings: [ProbeFinding], _ style: TerminalStyle) -> String {
        guard !findings.isEmpty else { return "" }
        let rows =
            [["question", "of", "found", "declared", ""]]
            + findings.map { finding in
                [
                    finding.question.rawValue, finding.subject, SafeText.terminal(finding.found),
                    finding.declared ?? "–",
                    Self.word(finding.agreement),
                ]
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            let cells = (0..<4).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }
            let line = cells.joined(separator: "  ")
            guard index > 0 else { return style.paint(line, .dim) + "\n" }
            return line + "  " + style.paint(row[4], Self.tint(findings[index - 1].agreement)) + "\n"
        }.joined()
    }

    private static func word(_ agreement: ProbeFinding.Agreement) -> String {
        switch agreement {
        case .agrees: "agrees"
        case .contradicts: "WRONG"
        case .undeclared: "not declared"
        case .noted: ""
        case .undecided: "not told"
        }
    }

    private static func tint(_ agreement: ProbeFinding.Agreement) -> TerminalStyle.Tint {
        switch agreement {
        case .agrees: .green
        case .contradicts, .undecided: .red
        case .undeclared: .yellow
        case .noted: .dim
        }
    }

    private static func section<Entry>(_ title: String, _ entries: [Entry], _ line: (Entry) -> String) -> String {
        guard !entries.isEmpty else { return "" }
        return "\n\(title)\n" + entries.map { "  \(SafeText.terminal(line($0)))\n" }.joined()
    }

    private static func conclusion(_ report: ProbeReport, _ style: TerminalStyle) -> String {
        let time = NumberText.duration(seconds: report.durationSeconds)
        let counts =
            "\(NumberText.count(report.findings.count, "answer")) in \(time): \(report.count(.agrees)) agree, "
            + "\(report.count(.contradicts)) wrong, \(report.count(.undeclared)) not declared"
        let meaning =
            switch report.exitCode {
            case 0: "exit 0: nothing that is declared is wrong"
            case 70: "exit 70: the harness could not tell everything"
            default:
                report.isInterrupted
                    ? "exit 1: interrupted"
                    : report.problems.isEmpty ? "exit 1: a declaration is wrong" : "exit 1: the target did not stand"
            }
        return "\n\(counts)\n\(meaning)"
    }
}

extension JSONWriter {
    /// What `shakedown probe --json` prints.
    package static func renderProbe(_ report: ProbeReport) throws -> [UInt8] { Array(try Self.pretty(report)) }
}
