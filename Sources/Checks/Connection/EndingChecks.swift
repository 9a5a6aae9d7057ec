import ScenarioModel
import Verdicts

extension Evidence {
    /// How the client's connection ended; `nil` when the peer did not end it.
    var ending: Expectation.Ending? {
        let leg = self.client.leg
        let hasAlert = !self.fatalAlerts.isEmpty
        switch leg.ending {
        case .fin, .reset:
            if hasAlert { return .alert }
            if leg.receivedCount == 0 { return .silentClose }
            // The peer has said that it said all. Whether FIN or a reset follows depends on what it had not read by then.
            if self.client.handshake.closeNotifyReceived { return .closeNotify }
            return leg.ending == .reset ? .reset : .fin
        case .closedByUs:
            // The client left because of what it had been told, before the peer's FIN could be seen.
            if hasAlert { return .alert }
            return self.client.handshake.closeNotifyReceived ? .closeNotify : nil
        case .refused, .stillOpen:
            return nil
        }
    }

    func check(endings: [Expectation.Ending]) -> CheckResult {
        let seen = self.ending
        return CheckResult(
            check: "ending",
            expected: Self.either(endings.map(Self.words)),
            observed: self.endingInWords,
            holds: seen.map { endings.contains($0) } ?? false
        )
    }

    private var endingInWords: String {
        if let ending = self.ending { return Self.words(ending) }
        switch self.client.leg.ending {
        case .stillOpen: return "still open after \(Self.milliseconds(self.client.leg.endedAfter))"
        case .closedByUs: return "the client closed first"
        case .fin, .reset, .refused: return self.client.leg.ending.rawValue
        }
    }

    private static func words(_ ending: Expectation.Ending) -> String {
        switch ending {
        case .alert: "a fatal alert and the end"
        case .silentClose: "a close without a byte"
        case .closeNotify: "close_notify and the end"
        case .fin: "FIN without close_notify"
        case .reset: "a reset"
        }
    }

    func check(_ within: Expectation.Within, _ expectation: Expectation) throws(HarnessProblem) -> CheckResult {
        let (range, expected) = try self.time(within)
        // Where the upstream has ended its side long before, the client cannot see the connection end any more.
        let isUpstreams = self.testCase.exchange == .upstreamHalfOpen
        guard let leg = isUpstreams ? self.connection(of: expectation)?.leg : self.client.leg else {
            return CheckResult(check: "within", expected: expected, observed: "no upstream connection", holds: false)
        }
        let hasEnded = leg.ending != .stillOpen && leg.ending != .refused
        return CheckResult(
            check: "within",
            expected: expected,
            observed: (hasEnded ? "after " : "still open after ") + Self.milliseconds(leg.endedAfter),
            holds: hasEnded && range.contains(leg.endedAfter)
        )
    }

    func check(firstByteWithin within: Expectation.Within) throws(HarnessProblem) -> CheckResult {
        try self.compare(self.client.leg.phases?.firstByte, with: within, check: "first-byte-within")
    }

    func check(handshakeWithin within: Expectation.Within) throws(HarnessProblem) -> CheckResult {
        try self.compare(self.client.leg.phases?.handshake, with: within, check: "handshake-within")
    }

    /// - Parameter seen: milliseconds; `nil` where it never came.
    private func compare(
        _ seen: Double?,
        with within: Expectation.Within,
        check: String
    ) throws(HarnessProblem) -> CheckResult {
        let (range, expected) = try self.time(within)
        return CheckResult(
            check: check,
            expected: expected,
            observed: seen.map { "after " + Self.milliseconds($0) } ?? "never",
            holds: seen.map { range.contains($0) } ?? false
        )
    }

    private func time(
        _ within: Expectation.Within
    ) throws(HarnessProblem) -> (range: ClosedRange<Double>, words: String) {
        switch within {
        case .milliseconds(let milliseconds):
            return (
                Double(milliseconds.lowerBound)...Double(milliseconds.upperBound),
                "after \(milliseconds.lowerBound) to \(milliseconds.upperBound) ms"
            )
        case .deadline(let deadline):
            guard let seconds = self.context.deadlines[deadline] else {
                throw HarnessProblem(sentence: "the target's \(deadline.rawValue) deadline is not known")
            }
            return (
                (seconds * 1000 - 100)...(seconds * 1000 + 1500),
                "at the \(deadline.rawValue) deadline, \(Self.milliseconds(seconds * 1000))"
            )
        }
    }

    private static func milliseconds(_ value: Double) -> String { "\(Int(value.rounded())) ms" }
}
