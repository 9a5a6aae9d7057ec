import Testing

@testable import Runner

@Suite("Whether the target is alive")
struct VigilTests {
    private static let instant = ContinuousClock.now

    @Test(
        "one control that fails is asked again, two in a row are the target's death",
        arguments: [
            ([nil], [.confirm(before: instant)]),
            ([nil, nil], [.confirm(before: instant), .confirm(before: instant)]),
            (["slow"], [.askAgain]),
            (["slow", nil], [.askAgain, .confirm(before: instant)]),
            (["slow", nil, "slow"], [.askAgain, .confirm(before: instant), .askAgain]),
            (
                ["slow", "gone"],
                [.askAgain, .targetDied("the target stopped answering good clients: slow; then gone")]
            ),
        ] as [([String?], [Vigil.Step])]
    )
    func steps(troubles: [String?], expected: [Vigil.Step]) {
        var vigil = Vigil()
        #expect(troubles.map { vigil.controlEnded(began: Self.instant, trouble: $0) } == expected)
    }

    @Test("a control that was cut off tells of no trouble, not even of a second one")
    func cutOff() {
        var vigil = Vigil()
        #expect(vigil.controlEnded(began: Self.instant, trouble: "cancelled", isCutOff: true) == .leave)
        #expect(vigil.controlEnded(began: Self.instant, trouble: "slow") == .askAgain)
        #expect(vigil.controlEnded(began: Self.instant, trouble: "cancelled", isCutOff: true) == .leave)
        #expect(vigil.controlEnded(began: Self.instant, trouble: nil, isCutOff: true) == .confirm(before: Self.instant))
    }
}
