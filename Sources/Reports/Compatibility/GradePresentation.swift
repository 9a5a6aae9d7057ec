import ScenarioModel
import Verdicts

extension CompatibilityGrade {
    /// What stands in a cell before the number; no two are alike, so that nobody needs the colour.
    var mark: String {
        switch self {
        case .broken: "‼"
        case .failed: "✗"
        case .failedShould: "△"
        case .unsteady: "~"
        case .undecided: "?"
        case .free: "○"
        case .lenient: "≈"
        case .held: "✓"
        case .unsupported: "–"
        }
    }

    var label: String {
        switch self {
        case .broken: "security invariant broken"
        case .failed: "rule failed"
        case .failedShould: "recommendation failed"
        case .unsteady: "not the same each time"
        case .undecided: "undecided"
        case .free: "left free"
        case .lenient: "held leniently"
        case .held: "held"
        case .unsupported: "not supported"
        }
    }

    var meaning: String {
        switch self {
        case .broken:
            "what must never be seen was seen: bytes at an upstream that they were not for, a client without the certificate "
                + "that was demanded, an answer in the clear on a port for TLS alone"
        case .failed:
            "a MUST, a promise of a declared feature, or all that a MAY leaves open was not kept, foretold by a waiver or not"
        case .failedShould: "a SHOULD was not followed, and no invariant broken"
        case .unsteady: "the case was repeated and came out differently"
        case .undecided: "the harness failed or was interrupted: nothing is said of the target"
        case .free: "the specifications leave open what was seen, or the rule is none that the target promises to keep"
        case .lenient: "sound, though not the strict answer, such as a close where the document has an alert"
        case .held: "the strict answer"
        case .unsupported: "the target declares that it lacks what the cases need"
        }
    }
}

extension GradeCounts {
    /// `✗ 3/12`: the worst grade's mark, how many cases have it, and of how many that the target supports where those are more.
    var cell: String {
        guard let worst = self.worst else { return "" }
        if worst == .unsupported { return worst.mark }
        let count = self.count(worst)
        return count == self.supported ? "\(worst.mark) \(count)" : "\(worst.mark) \(count)/\(self.supported)"
    }
}

extension Optional where Wrapped == Rule.Origin {
    /// A heading for the rows of rules of this origin.
    var heading: String {
        switch self {
        case .rfc: "RFCs"
        case .proxyProtocol: "PROXY protocol"
        case .features: "Declared features"
        case .ngrok: "ngrok's documentation"
        case .house: "The house's rules"
        case nil: "Rules that no run tells"
        }
    }

    /// For addresses.
    var slug: String { self?.rawValue ?? "untold" }
}

extension CompatibilityChanges.Kind {
    var label: String {
        switch self {
        case .nowFails: "fails now"
        case .nowSound: "sound now"
        case .otherwise: "otherwise different"
        case .new: "new"
        case .gone: "gone"
        }
    }

    var meaning: String {
        switch self {
        case .nowFails: "it was sound before"
        case .nowSound: "it failed before"
        case .otherwise: "another grade that is as good or as bad, or one that says nothing"
        case .new: "the earlier one had no such case"
        case .gone: "this one has no such case"
        }
    }
}

extension Compatibility.AbsentTarget.State {
    var label: String {
        switch self {
        case .notHere: "not here"
        case .failedToRun: "could not be run"
        case .notRun: "not run"
        }
    }
}

extension Compatibility.Column {
    /// `85 of 97`, and what is undecided.
    var mustText: String {
        let score = self.musts.supported == 0 ? "none asked" : "\(self.musts.held) of \(self.musts.supported)"
        return score + (self.musts.undecided > 0 ? " (\(self.musts.undecided) undecided)" : "")
    }

    var featureText: String { "\(self.features.declared) of \(self.features.known)" }
}
