import Relaying
import Testing

/// The relay's table: for each state, what each input makes it do. An input that a state does not list does nothing there.
@Suite("What a relay does about what happens")
struct RelayStateMachineTests {
    typealias Action = RelayStateMachine.Action
    typealias Outcome = RelayStateMachine.Outcome

    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        var policy = RelayPolicy.edge
        let history: [RelayInput]
        let answers: [RelayInput: [Action]]

        var testDescription: String {
            "\(self.name), \(self.policy == .agent ? "agent" : self.policy == .edge ? "edge" : "edge of a foreign agent")"
        }
    }

    private static let both: [RelayInput] = [.stands(.client), .stands(.upstream)]
    private static let bothEnd: [RelayInput] = both + [.ended(.client, .inOrder), .ended(.upstream, .inOrder)]

    private static let gaveUp: [RelayInput: [Action]] = [
        .deadline: [.finish(.gaveUp), .close(.client), .close(.upstream)]
    ]

    /// What ends a relay that has not begun: the upstream never hears more than a reset, the client gets a close in order.
    private static let beforeBoth: [RelayInput: [Action]] = {
        let withoutClient: [Action] = [.finish(.neverBegan(because: .client)), .reset(.upstream), .close(.client)]
        let withoutUpstream: [Action] = [.finish(.neverBegan(because: .upstream)), .close(.client), .close(.upstream)]
        return [
            .failed(.client, .reset): withoutClient, .failed(.client, .lost): withoutClient,
            .failed(.upstream, .reset): withoutUpstream, .failed(.upstream, .lost): withoutUpstream,
            .failedToStand(.client): withoutClient, .failedToStand(.upstream): withoutUpstream,
        ].merging(Self.gaveUp) { $1 }
    }()

    private static func waiting(_ answers: [RelayInput: [Action]]) -> [RelayInput: [Action]] {
        // A side that stands can be lost, and is not dialled any more.
        Self.beforeBoth.merging([.failedToStand(.client): []]) { $1 }.merging(answers) { $1 }
    }

    private static func failures(
        of side: RelaySide,
        after delivery: RelayStateMachine.Delivery,
        _ notice: Action
    ) -> [RelayInput: [Action]] {
        [
            .failed(side, .reset): [.finish(.failed(side, .reset, after: delivery)), notice, .close(side)],
            .failed(side, .lost): [.finish(.failed(side, .lost, after: delivery)), notice],
        ]
    }

    private static func relaying(_ answers: [RelayInput: [Action]]...) -> [RelayInput: [Action]] {
        answers.reduce(Self.gaveUp) { $0.merging($1) { $1 } }
    }

    private static let bytes: [RelayInput: [Action]] = [
        .bytes(.client): [.forward(to: .upstream)], .bytes(.upstream): [.forward(to: .client)],
    ]

    private static let ends: [RelayInput: [Action]] = [
        .ended(.client, .inOrder): [.end(.upstream)], .ended(.upstream, .inOrder): [.end(.client)],
        .ended(.client, .truncated): Self.cut(by: .client), .ended(.upstream, .truncated): Self.cut(by: .upstream),
    ]

    /// - Parameter hasEverything: the other side's end had come before.
    private static func cut(by side: RelaySide, hasEverything: Bool = false) -> [Action] {
        [.finish(.truncated(by: side)), .cut(side.other), hasEverything ? .close(side) : .cut(side)]
    }

    static let beginnings: [State] = [
        State(name: "nothing stands", history: [], answers: Self.beforeBoth),
        State(
            name: "the client stands",
            history: [.stands(.client)],
            answers: Self.waiting([.stands(.upstream): [.read(.client), .read(.upstream)]])
        ),
        State(
            name: "the upstream stands",
            history: [.stands(.upstream)],
            answers: Self.beforeBoth.merging([
                .stands(.client): [.read(.client), .read(.upstream)], .failedToStand(.upstream): [],
            ]) { $1 }
        ),
        State(
            name: "the client has spoken early",
            history: [.stands(.client), .bytes(.client), .bytes(.client)],
            answers: Self.waiting([.stands(.upstream): [.forward(to: .upstream), .read(.upstream)]])
        ),
        State(
            name: "the client has spoken and ended early",
            history: [.stands(.client), .bytes(.client), .ended(.client, .inOrder)],
            answers: Self.waiting([
                .stands(.upstream): [.forward(to: .upstream), .end(.upstream), .read(.upstream)]
            ])
        ),
        State(
            name: "the client was cut early",
            history: [.stands(.client), .bytes(.client), .ended(.client, .truncated)],
            // Nor does it take back what it has said by being gone.
            answers: Self.waiting([
                .stands(.upstream): [.forward(to: .upstream)] + Self.cut(by: .client),
                .failed(.client, .reset): [], .failed(.client, .lost): [],
            ])
        ),
        State(
            name: "the client was cut early, and is gone",
            history: [.stands(.client), .bytes(.client), .ended(.client, .truncated), .failed(.client, .lost)],
            answers: Self.waiting([
                .stands(.upstream): [.forward(to: .upstream)] + Self.cut(by: .client),
                .failed(.client, .reset): [], .failed(.client, .lost): [],
            ])
        ),
        State(
            name: "the client was cut early, and the upstream has spoken and ended",
            history: [
                .stands(.client), .ended(.client, .truncated), .bytes(.upstream), .ended(.upstream, .inOrder),
            ],
            answers: Self.waiting([
                .stands(.upstream): [.forward(to: .client)] + Self.cut(by: .client, hasEverything: true),
                .failed(.client, .reset): [], .failed(.client, .lost): [],
            ])
        ),
        State(
            name: "the upstream has spoken and ended early",
            history: [.stands(.client), .bytes(.upstream), .ended(.upstream, .inOrder)],
            answers: Self.waiting([
                .stands(.upstream): [.read(.client), .forward(to: .client), .end(.client)]
            ])
        ),
        State(
            name: "both have ended early",
            history: [.stands(.client), .ended(.client, .inOrder), .ended(.upstream, .inOrder)],
            answers: Self.waiting([.stands(.upstream): [.end(.upstream), .end(.client)]])
        ),
    ]

    static let middles: [State] = [
        State(
            name: "nothing has passed",
            history: Self.both,
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                Self.failures(of: .client, after: .nothing, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "nothing has passed",
            policy: .agent,
            history: Self.both,
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                Self.failures(of: .client, after: .nothing, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .reset(.client))
            )
        ),
        State(
            name: "nothing has passed",
            policy: .edgeOfForeignAgent,
            history: Self.both,
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                [.ended(.client, .truncated): [.end(.upstream)]],
                Self.failures(of: .client, after: .nothing, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "the upstream is writing",
            history: Self.both + [.bytes(.client)],
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                [.wrote(.upstream): [.read(.client)]],
                Self.failures(of: .client, after: .some, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "the upstream is writing what came unasked too",
            history: Self.both + [.bytes(.client), .bytes(.client)],
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                [.wrote(.upstream): []],
                Self.failures(of: .client, after: .some, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "the upstream has written",
            policy: .agent,
            history: Self.both + [.bytes(.client), .wrote(.upstream)],
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                Self.failures(of: .client, after: .some, .reset(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .reset(.client))
            )
        ),
        State(
            name: "the client has a part of the answer",
            history: Self.both + [.bytes(.upstream), .wrote(.client)],
            answers: Self.relaying(
                Self.bytes,
                Self.ends,
                Self.failures(of: .client, after: .nothing, .reset(.upstream)),
                Self.failures(of: .upstream, after: .some, .reset(.client))
            )
        ),
        State(
            name: "the client is writing, and its end is on its way",
            history: Self.both + [.bytes(.upstream), .ended(.client, .inOrder)],
            answers: Self.relaying(
                [
                    .wrote(.client): [.read(.upstream)], .bytes(.upstream): [.forward(to: .client)],
                    .ended(.upstream, .inOrder): [.end(.client)],
                    .ended(.upstream, .truncated): Self.cut(by: .upstream, hasEverything: true),
                ],
                Self.failures(of: .client, after: .everything, .close(.upstream)),
                Self.failures(of: .upstream, after: .some, .reset(.client))
            )
        ),
    ]

    static let endings: [State] = [
        State(
            name: "the client's end is on its way",
            history: Self.both + [.ended(.client, .inOrder)],
            answers: Self.relaying(
                [
                    .bytes(.upstream): [.forward(to: .client)],
                    .ended(.upstream, .inOrder): [.end(.client)],
                    .ended(.upstream, .truncated): Self.cut(by: .upstream, hasEverything: true),
                ],
                Self.failures(of: .client, after: .everything, .close(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "the client's end was passed on",
            history: Self.both + [.ended(.client, .inOrder), .outputEnded(.upstream)],
            answers: Self.relaying(
                [
                    .bytes(.upstream): [.forward(to: .client)],
                    .ended(.upstream, .inOrder): [.end(.client), .close(.upstream)],
                    .ended(.upstream, .truncated): Self.cut(by: .upstream, hasEverything: true),
                ],
                Self.failures(of: .client, after: .everything, .close(.upstream)),
                Self.failures(of: .upstream, after: .nothing, .close(.client))
            )
        ),
        State(
            name: "the upstream's end was passed on",
            policy: .agent,
            history: Self.both + [
                .bytes(.upstream), .ended(.upstream, .inOrder), .wrote(.client), .outputEnded(.client),
            ],
            answers: Self.relaying(
                [
                    .bytes(.client): [.forward(to: .upstream)],
                    .ended(.client, .inOrder): [.end(.upstream), .close(.client)],
                    .ended(.client, .truncated): Self.cut(by: .client, hasEverything: true),
                ],
                Self.failures(of: .client, after: .nothing, .reset(.upstream)),
                // The answer and its end may still be on their way to a slow client: a reset would overtake them.
                Self.failures(of: .upstream, after: .everything, .close(.client))
            )
        ),
        State(
            name: "both ends are on their way",
            history: Self.bothEnd,
            answers: Self.relaying(
                [.outputEnded(.client): [.close(.client)], .outputEnded(.upstream): [.close(.upstream)]],
                Self.failures(of: .client, after: .everything, .close(.upstream)),
                Self.failures(of: .upstream, after: .everything, .close(.client))
            )
        ),
        State(
            name: "only the client's is still being written",
            history: Self.bothEnd + [.outputEnded(.upstream)],
            answers: Self.relaying(
                [.outputEnded(.client): [.finish(.ended), .close(.client)]],
                Self.failures(of: .client, after: .everything, .close(.upstream))
            )
        ),
        State(
            name: "both ends were passed on",
            history: Self.bothEnd + [.outputEnded(.upstream), .outputEnded(.client)],
            answers: [:]
        ),
        State(name: "it has failed", history: Self.both + [.failed(.upstream, .reset)], answers: [:]),
        State(name: "one side was cut", history: Self.both + [.ended(.client, .truncated)], answers: [:]),
        State(name: "it gave up", history: Self.both + [.deadline], answers: [:]),
        State(
            name: "the client left before the upstream stood",
            history: [.stands(.client), .failed(.client, .lost)],
            answers: [.stands(.upstream): [.reset(.upstream)]]
        ),
        State(
            name: "time was over before the upstream stood",
            history: [.stands(.client), .deadline],
            answers: [.stands(.upstream): [.reset(.upstream)]]
        ),
    ]

    @Test("each input has its answer in each state", arguments: Self.beginnings + Self.middles + Self.endings)
    func table(_ state: State) {
        for input in Set(RelayInput.anytime).union(state.answers.keys) {
            var machine = RelayStateMachine(state.policy)
            for earlier in state.history { _ = machine.receive(earlier) }
            #expect(machine.receive(input) == state.answers[input] ?? [], "\(input)")
        }
    }

    @Test("what came unasked is read on from only when all of it was written")
    func unasked() {
        var machine = RelayStateMachine(.edge)
        for input in Self.both + [.bytes(.client), .bytes(.client)] { _ = machine.receive(input) }
        #expect(machine.wrote(1, to: .upstream).isEmpty)
        #expect(machine.wrote(1, to: .upstream) == [.read(.client)])
    }

    @Test("bytes count once they were passed on")
    func counts() {
        var machine = RelayStateMachine(.edge)
        _ = machine.stands(.client)
        _ = machine.received(5, from: .client)
        #expect(machine.byteCount(from: .client) == 0)
        _ = machine.stands(.upstream)
        #expect(machine.byteCount(from: .client) == 5)
        _ = machine.received(3, from: .upstream)
        #expect(machine.byteCount(from: .upstream) == 3)
    }

    @Test("one direction alone is half open; two or none are not")
    func halfOpen() {
        var machine = RelayStateMachine(.agent)
        for input in Self.both { _ = machine.receive(input) }
        #expect(!machine.isHalfOpen)
        _ = machine.receive(.ended(.upstream, .inOrder))
        #expect(machine.isHalfOpen)
        _ = machine.receive(.ended(.client, .inOrder))
        #expect(!machine.isHalfOpen)
    }

    @Test("the side that was cut is known afterwards", arguments: RelaySide.allCases)
    func cut(_ side: RelaySide) {
        var machine = RelayStateMachine(.agent)
        for input in Self.both + [.ended(side, .truncated)] { _ = machine.receive(input) }
        #expect(machine.wasTruncated(side) && !machine.wasTruncated(side.other))
    }
}
