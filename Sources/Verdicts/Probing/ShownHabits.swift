extension RunReport.TargetIdentity {
    /// A habit shows somewhere, and need not show everywhere. One that is declared and shows nowhere is declared wrongly.
    package func habitsShown(in findings: [ProbeFinding]) -> [ProbeFinding] {
        guard self.behaviours?.contains(where: { $0.behaviour == .noHalfClose }) == true else { return findings }
        let rows = findings.filter { $0.question == .halfClose }
        guard !rows.isEmpty, rows.allSatisfy({ $0.agreement == .noted }) else { return findings }
        return findings.map { finding in
            var finding = finding
            if finding.question == .halfClose { finding.agreement = .contradicts }
            return finding
        }
    }
}
