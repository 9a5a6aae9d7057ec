/// What one case came to against one target, as one letter: `compatibility.json` has thousands of them side by side.
package struct CaseMark: Hashable, Sendable {
    package var outcome: Outcome
    /// A security invariant was broken, whatever a waiver made of it; its letter is a capital one then.
    package var breaksInvariant: Bool

    package init(outcome: Outcome, breaksInvariant: Bool = false) {
        self.outcome = outcome
        self.breaksInvariant = breaksInvariant
    }

    package init(_ verdict: Verdict) {
        self.init(outcome: verdict.outcome, breaksInvariant: verdict.brokenInvariant != nil)
    }

    /// Stands for a case that the target was not asked.
    package static let notAsked: Character = "."

    package var letter: Character {
        self.breaksInvariant ? Character(self.outcome.letter.uppercased()) : self.outcome.letter
    }

    /// `nil` for ``notAsked``, and for what is no letter of an outcome.
    package init?(letter: Character) {
        let plain = Character(letter.lowercased())
        guard let outcome = Outcome.allCases.first(where: { $0.letter == plain }) else { return nil }
        self.init(outcome: outcome, breaksInvariant: letter.isUppercase)
    }
}

extension Outcome {
    /// Unique, and never changed: files that are kept have them.
    package var letter: Character {
        switch self {
        case .pass: "p"
        case .passLenient: "l"
        case .informational: "i"
        case .fail: "f"
        case .failShould: "s"
        case .expectedFail: "x"
        case .unexpectedPass: "o"
        case .unsupported: "u"
        case .skipped: "k"
        case .error: "e"
        case .hang: "h"
        case .flaky: "y"
        }
    }
}
