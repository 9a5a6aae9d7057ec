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
    /// Cases that start a target of their own.
    var onTheirOwn: [Case] = []
    var heavy: [Case] = []
    var ordinary: [Case] = []

    init(_ cases: [Case]) {
        for testCase in cases {
            if let play = testCase.play {
                self.add(testCase, play)
                continue
            }
            switch testCase.exchange {
            case .idle, .clientHalfOpen, .upstreamHalfOpen: self.waiting.append(testCase)
            case .wait where testCase.waitsForDeadline: self.waiting.append(testCase)
            case .transfer: self.heavy.append(testCase)
            default: self.ordinary.append(testCase)
            }
        }
        // What takes longest comes first, so that nothing long is left alone at the end.
        self.onTheirOwn = Self.longestFirst(self.onTheirOwn)
        self.disruptive = Self.longestFirst(self.disruptive)
    }

    private static func longestFirst(_ cases: [Case]) -> [Case] {
        func acts(_ testCase: Case) -> Int {
            testCase.play?.moments.joined().count { $0.action.isDisruptive } ?? 0
        }
        return cases.enumerated().sorted { (acts($0.element), -$0.offset) > (acts($1.element), -$1.offset) }.map(
            \.element
        )
    }

    private mutating func add(_ testCase: Case, _ play: Play) {
        let actions = play.moments.joined().map(\.action)
        if testCase.hasOwnTarget {
            self.onTheirOwn.append(testCase)
        } else if actions.contains(where: \.isDisruptive) {
            self.disruptive.append(testCase)
        } else if actions.contains(where: \.isHeavy) {
            self.heavy.append(testCase)
        } else if actions.contains(where: \.waitsLong) {
            self.waiting.append(testCase)
        } else {
            self.ordinary.append(testCase)
        }
    }
}

extension Step.Action {
    fileprivate var isDisruptive: Bool {
        switch self {
        case .agent, .target, .api, .told: true
        case .connect, .open, .say, .hear, .end, .reset, .wait: false
        }
    }

    fileprivate var isHeavy: Bool {
        switch self {
        case .connect(_, .transfer): true
        case .say(_, .upload(let count)), .say(_, .request(let count)): count >= 8 << 20
        default: false
        }
    }

    fileprivate var waitsLong: Bool {
        switch self {
        case .connect(_, .idle): true
        case .wait(let milliseconds): milliseconds >= 1_000
        default: false
        }
    }
}

extension Case {
    /// Whether the expected end is one of the target's deadlines, or comes so slowly that the case mostly waits.
    var waitsForDeadline: Bool {
        let waits = self.expectation.alternatives.flatMap(\.times).contains { within in
            switch within {
            case .deadline: true
            case .milliseconds(let range): range.lowerBound >= 1_000
            }
        }
        return waits || self.client.delivery.gapMilliseconds >= 50
    }

    /// How many events its expectations speak of.
    var expectedEventCount: Int {
        guard let play = self.play else { return self.exchanges.count }
        return play.plan.joined().filter { step in
            step.step.expectation?.alternatives.contains { if case .one? = $0.event { true } else { false } } ?? false
        }
        .map(\.connections.count).reduce(0, +)
    }

    /// Whether any alternative says that nothing may reach an upstream.
    var expectsNoRoute: Bool {
        self.expectation.strict.contains { $0.route == Expectation.Route.none }
    }

    var expectsEvents: Bool {
        self.expectation.alternatives.contains { $0.event != nil }
    }
}
