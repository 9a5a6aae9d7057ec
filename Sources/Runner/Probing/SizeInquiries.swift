import Clients
import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// How large a ClientHello may be, for each party that can end TLS.
    var sizeInquiries: [Inquiry] {
        self.parties.map { role in
            let testCase = self.make("largest-hello", role, expecting: .served(role))
            let isDeclared = self.definition.declares(.largeHellos, in: role)
            return Inquiry(.largestHello, role.rawValue, cases: [testCase]) { stage in
                try await [HelloSizes(stage: stage, testCase: testCase, isDeclared: isDeclared).finding()]
            }
        }
    }
}

/// Asks one endpoint with hellos of many sizes, each padded by RFC 7685 and, beyond 64 KiB, by cipher suites of the private range.
struct HelloSizes: Sendable {
    let stage: ProbeStage
    let testCase: Case
    let isDeclared: Bool

    /// Bytes of the handshake message. A good hello of ours has some 400; twice what an extension block can hold is beyond what any
    /// stack takes.
    private static let range = 512...131_072
    /// What the feature promises.
    private static let promised = 65_536
    static let atOnce = 64
    /// How long an answer may take in the search, and where the limit is looked at again; a busy machine has more time each turn.
    private static let patience: [(search: Duration, check: Duration)] = [
        (.milliseconds(1_500), .seconds(4)), (.seconds(4), .seconds(8)), (.seconds(8), .seconds(12)),
    ]

    /// What came of a hello.
    private struct Answer: Sendable {
        var isAnswered: Bool
        var words: String
    }

    func finding() async throws -> ProbeFinding {
        var doubt = ""
        for (turn, patience) in Self.patience.enumerated() {
            var search = SizeSearch(range: Self.range)
            while true {
                let sizes = search.next(atMost: Self.atOnce)
                if sizes.isEmpty { break }
                let answers = try await self.ask(sizes, within: patience.search, turn)
                search.learn(answers.mapValues(\.isAnswered))
            }
            // Both neighbours again, alone and with more time: what was only late, or only lost, is no limit.
            let neighbours = [search.answered, search.unanswered].compactMap(\.self)
            let again = try await self.ask(neighbours, within: patience.check, turn + 10)
            let isSame =
                search.answered.map { again[$0]?.isAnswered == true } ?? true
                && search.unanswered.map { again[$0]?.isAnswered == false } ?? true
            guard isSame, search.exceptions.isEmpty else {
                doubt =
                    search.exceptions.isEmpty
                    ? "the limit was another when it was looked at again"
                    : "\(search.unanswered ?? 0) bytes were not answered, and \(search.exceptions[0]) were"
                continue
            }
            return self.finding(search, beyond: search.unanswered.flatMap { again[$0]?.words })
        }
        return ProbeFinding(
            .largestHello,
            self.testCase.role.rawValue,
            found: "no steady limit",
            declared: self.declared,
            .undecided,
            evidence: doubt
        )
    }

    private var declared: String {
        self.isDeclared ? Feature.largeHellos.rawValue : "no \(Feature.largeHellos.rawValue)"
    }

    private func finding(_ search: SizeSearch, beyond: String?) -> ProbeFinding {
        let found: String
        switch (search.answered, search.unanswered) {
        case (nil, _): found = "none of \(Self.range.lowerBound) bytes or more"
        case (let answered?, nil): found = "\(answered) bytes or more"
        case (let answered?, _?): found = "\(answered) bytes"
        }
        return ProbeFinding(
            .largestHello,
            self.testCase.role.rawValue,
            found: found,
            declared: self.declared,
            .init(declared: self.isDeclared, found: (search.answered ?? 0) >= Self.promised),
            evidence: beyond.map {
                "hellos of \(Self.range.lowerBound) to \(Self.range.upperBound) bytes; one more: \($0)"
            }
                ?? "hellos of \(Self.range.lowerBound) to \(Self.range.upperBound) bytes"
        )
    }

    private func ask(_ sizes: [Int], within patience: Duration, _ turn: Int) async throws -> [Int: Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for size in sizes {
                group.addTask {
                    var hello = HelloPlan()
                    hello.paddedSize = size
                    var plan = ClientPlan(
                        engine: .bytes,
                        serverName: self.testCase.client.serverName,
                        opening: .builtHello(hello)
                    )
                    plan.source = self.testCase.client.source
                    let client = try await self.stage.greet(
                        plan,
                        as: "\(self.testCase.id)#\(size).\(turn)",
                        exchange: .wait,
                        within: patience
                    )
                    let observation = client.observation
                    return (
                        size,
                        Answer(isAnswered: observation.handshake.isAnswered, words: observation.refusalInWords)
                    )
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
