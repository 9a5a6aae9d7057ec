import Testing

@testable import Runner

@Suite("Whether the target is alive")
struct VigilTests {
    @Test(
        "one control that fails is asked again, two in a row are the target's death",
        arguments: [
            ([nil], [.confirm]),
            ([nil, nil], [.confirm, .confirm]),
            (["slow"], [.askAgain]),
            (["slow", nil], [.askAgain, .confirm]),
            (["slow", nil, "slow"], [.askAgain, .confirm, .askAgain]),
            (
                ["slow", "gone"],
                [.askAgain, .targetDied("the target stopped answering good clients: slow; then gone")]
            ),
        ] as [([String?], [Vigil.Step])]
    )
    func steps(troubles: [String?], expected: [Vigil.Step]) {
        var vigil = Vigil()
        #expect(troubles.map { vigil.controlEnded(trouble: $0) } == expected)
    }
}
