package import Verdicts

/// What `shakedown contract check` prints: each difference with both sides, and what asks it again.
package struct ContractSummary: Sendable {
    package var contract: Contract
    /// The target as it is now, `HAProxy 2.8.1`.
    package var now: String
    package var differences: [ContractDifference]
    package var isInterrupted: Bool

    package init(contract: Contract, now: String, differences: [ContractDifference], isInterrupted: Bool) {
        self.contract = contract
        self.now = now
        self.differences = differences
        self.isInterrupted = isInterrupted
    }

    /// 70 where the harness could not tell of something and nothing else is wrong, 1 where the contract is not kept, else 0.
    package var exitCode: Int32 {
        let breaches = self.differences.filter(\.kind.isBreach)
        if breaches.isEmpty { return self.isInterrupted ? 1 : 0 }
        return breaches.allSatisfy { $0.kind == .untold } && !self.isInterrupted ? 70 : 1
    }

    package func text(color: Bool) -> String {
        let style = TerminalStyle(isColored: color)
        var text = ""
        for kind in ContractDifference.Kind.allCases {
            let some = self.differences.filter { $0.kind == kind }
            guard !some.isEmpty else { continue }
            let title = style.paint(Self.title(kind), kind.isBreach ? .boldRed : .bold)
            text += "\n\(title) (\(some.count))\n"
            // What the contract says nothing about is no news of the edge.
            let shown = kind == .new ? Array(some.prefix(3)) : some
            text += shown.map { Self.entry($0, style) }.joined()
            if shown.count < some.count { text += "  … and \(some.count - shown.count) more\n" }
        }
        let total = NumberText.count(self.contract.observations.count, "line")
        text += "\n\(self.now) beside the contract of \(self.contract.title) \(self.contract.version): \(total), "
        text += Self.counts(self.differences) + "\n"
        if self.contract.missing > 0 {
            text +=
                "the contract itself lacks \(NumberText.count(self.contract.missing, "thing")) that could not be observed\n"
        }
        return text + self.conclusion + "\n"
    }

    private var conclusion: String {
        switch self.exitCode {
        case 0: "exit 0: everything in the contract is as it was"
        case 70: "exit 70: the harness could not tell everything"
        default: self.isInterrupted ? "exit 1: interrupted" : "exit 1: the edge does not do what the contract says"
        }
    }

    private static func entry(_ difference: ContractDifference, _ style: TerminalStyle) -> String {
        var lines = ["  \(SafeText.terminal(difference.id))"]
        if let before = difference.before { lines.append("    contract  \(SafeText.terminal(before))") }
        if let after = difference.after { lines.append("    now       \(SafeText.terminal(after))") }
        if difference.before != nil, difference.after != nil {
            let words = difference.words
            lines.append(
                "    changed   \(SafeText.terminal(words.before)) → \(SafeText.terminal(words.after))"
            )
        }
        lines.append(style.paint("    again     \(SafeText.terminal(difference.replay))", .dim))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func title(_ kind: ContractDifference.Kind) -> String {
        switch kind {
        case .changed: "Changed"
        case .unsteady: "Otherwise once, and as in the contract when asked again"
        case .gone: "No more observed"
        case .new: "Not in the contract"
        case .untold: "Not told, since the harness was late or failed"
        }
    }

    private static func counts(_ differences: [ContractDifference]) -> String {
        ContractDifference.Kind.allCases.map { kind in
            "\(differences.count { $0.kind == kind }) \(kind.rawValue)"
        }.joined(separator: ", ")
    }
}

extension JSONWriter {
    private struct ContractAnswer: Encodable {
        var contract: String
        var recordedVersion: String
        var now: String
        var lines: Int
        var differences: [ContractDifference]
        var isInterrupted: Bool
        var exitCode: Int32
    }

    /// What `shakedown contract check --json` prints.
    package static func renderContract(_ summary: ContractSummary) throws -> [UInt8] {
        let answer = ContractAnswer(
            contract: summary.contract.target,
            recordedVersion: summary.contract.version,
            now: summary.now,
            lines: summary.contract.observations.count,
            differences: summary.differences,
            isInterrupted: summary.isInterrupted,
            exitCode: summary.exitCode
        )
        return Array(try Self.pretty(answer)) + [UInt8(ascii: "\n")]
    }
}
