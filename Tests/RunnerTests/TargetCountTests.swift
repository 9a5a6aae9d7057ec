import ScenarioModel
import Testing

@testable import Runner

@Suite("When a target has counted")
struct TargetCountTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let counted: [TargetCounter: Int]
        let last: [TargetCounter: Int]?
        let expected: [TargetCounter: CountExpectation]
        let isSettled: Bool

        init(
            _ description: String,
            _ counted: [TargetCounter: Int],
            after last: [TargetCounter: Int]?,
            expecting expected: [TargetCounter: CountExpectation],
            settled: Bool
        ) {
            self.testDescription = description
            self.counted = counted
            self.last = last
            self.expected = expected
            self.isSettled = settled
        }
    }

    static let rows = [
        Row(
            "a number that is right twice",
            [.active: 1],
            after: [.active: 1],
            expecting: [.active: .number(1)],
            settled: true
        ),
        Row(
            "a number that was another",
            [.active: 1],
            after: [.active: 0],
            expecting: [.active: .number(1)],
            settled: false
        ),
        Row(
            "a number that is wrong",
            [.active: 1],
            after: [.active: 1],
            expecting: [.active: .number(0)],
            settled: false
        ),
        Row("nothing yet", [.bytesIn: 0], after: [.bytesIn: 0], expecting: [.bytesIn: .seen], settled: false),
        Row("some, looked at once", [.bytesIn: 9], after: nil, expecting: [.bytesIn: .seen], settled: false),
        Row("some that changes", [.bytesIn: 9], after: [.bytesIn: 4], expecting: [.bytesIn: .seen], settled: false),
        Row("some that stays", [.bytesIn: 9], after: [.bytesIn: 9], expecting: [.bytesIn: .seen], settled: true),
        Row(
            "some that stays while one is open",
            [.bytesIn: 9, .active: 1],
            after: [.bytesIn: 9, .active: 1],
            expecting: [.bytesIn: .seen],
            settled: false
        ),
        Row(
            "some that stays while those are open that should be",
            [.bytesIn: 9, .active: 1],
            after: [.bytesIn: 9, .active: 1],
            expecting: [.bytesIn: .seen, .active: .number(1)],
            settled: true
        ),
    ]

    @Test("numbers are right, and of what is compared there is all", arguments: rows)
    func settled(_ row: Row) {
        #expect(TargetCount.isSettled(row.counted, after: row.last, expecting: row.expected) == row.isSettled)
    }
}
