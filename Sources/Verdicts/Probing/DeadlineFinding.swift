package import ScenarioModel

/// How long an edge kept a connection, and what that says of the deadline that its target declares.
package enum KeptFor: Hashable, Sendable {
    /// The edge ended it after so many seconds.
    case ended(after: Double)
    /// The client left after so many seconds, and it was still open.
    case open(after: Double)
}

extension ProbeFinding {
    /// - Parameters:
    ///   - declared: the target's seconds; `nil` where it does not promise to keep the deadline.
    package static func ofDeadline(
        _ question: ProbeQuestion,
        _ subject: String,
        _ kept: KeptFor,
        declared: Double?,
        evidence: String
    ) -> ProbeFinding {
        let words = declared.map { "\(Self.seconds($0)) s" } ?? "no deadline"
        func finding(_ found: String, steady: String, _ agreement: Agreement) -> ProbeFinding {
            ProbeFinding(
                question,
                subject,
                found: found,
                steady: steady,
                declared: words,
                agreement,
                evidence: evidence
            )
        }
        switch (kept, declared) {
        case (.ended(let seconds), let declared?):
            let isAtDeadline = Deadline.window(of: declared).contains(seconds)
            let steady = isAtDeadline ? "\(Self.seconds(declared)) s" : Self.timeClass(seconds)
            return finding("after \(Self.tenths(seconds)) s", steady: steady, isAtDeadline ? .agrees : .contradicts)
        case (.ended(let seconds), nil):
            return finding("after \(Self.tenths(seconds)) s", steady: Self.timeClass(seconds), .undeclared)
        case (.open(let patience), let declared?):
            let found = Self.notWithin(patience)
            // Whoever left before the deadline could come has learnt nothing about it.
            let isLongEnough = patience >= Deadline.window(of: declared).upperBound
            return finding(found, steady: found, isLongEnough ? .contradicts : .noted)
        case (.open(let patience), nil):
            let found = Self.notWithin(patience)
            return finding(found, steady: found, .agrees)
        }
    }

    /// A wait of so many seconds counts from its first byte, which is a little after the first of them began.
    private static func notWithin(_ patience: Double) -> String {
        "not within \(Self.seconds((patience + 0.1).rounded(.down))) s"
    }

    /// The class of a time that is nobody's deadline: whole seconds, so that what a machine needs for a thing makes no difference.
    package static func timeClass(_ seconds: Double) -> String {
        // Less than this is what an answer takes, on a busy machine too.
        guard seconds >= 1.5 else { return "at once" }
        let lower = Int((seconds - 0.5).rounded(.down))
        return "\(lower) to \(lower + 2) s"
    }

    /// `3`, `0.5`
    private static func seconds(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((max(0, value) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Deadline {
    /// When a connection that ends at a deadline of so many seconds may end, as checks of times have it.
    package static func window(of seconds: Double) -> ClosedRange<Double> { (seconds - 0.1)...(seconds + 1.5) }
}
