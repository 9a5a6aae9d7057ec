import ScenarioModel

/// In which order, and how many at a time.
///
/// Cases that wait for a deadline start first and wait together, so that the wall time is the longest wait and not the
/// sum; they cost nothing while they wait and so take no place. Transfers are few at a time, since each fills a core.
struct Schedule {
    /// Started at once, all together.
    var waiting: [Case] = []
    /// Cases that kill or restart their own agent.
    var disruptive: [Case] = []
    var heavy: [Case] = []
    var ordinary: [Case] = []

    init(_ cases: [Case]) {
        for testCase in cases {
            switch testCase.exchange {
            case .idle: self.waiting.append(testCase)
            case .wait where testCase.waitsForDeadline: self.waiting.append(testCase)
            case .agentKilled, .agentRestarted: self.disruptive.append(testCase)
            case .transfer: self.heavy.append(testCase)
            default: self.ordinary.append(testCase)
            }
        }
    }
}

extension Case {
    /// Whether the expected end is one of the target's deadlines, or comes so slowly that the case mostly waits.
    var waitsForDeadline: Bool {
        let waits = self.expectation.alternatives.contains { alternative in
            switch alternative.within {
            case .deadline: true
            case .milliseconds(let range): range.lowerBound >= 1_000
            case nil: false
            }
        }
        return waits || self.client.delivery.gapMilliseconds >= 50
    }

    /// Whether any alternative says that nothing may reach an upstream.
    var expectsNoRoute: Bool {
        self.expectation.strict.contains { $0.route == Expectation.Route.none }
    }

    var expectsEvents: Bool {
        self.expectation.alternatives.contains { $0.event != nil }
    }
}
