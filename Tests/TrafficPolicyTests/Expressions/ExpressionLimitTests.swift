import Testing
import TrafficPolicy

@Suite("Expressions have bounds")
struct ExpressionLimitTests {
    /// A text that says one thing very often.
    struct Repetition: Sendable, CustomTestStringConvertible {
        var start = ""
        let part: String
        let count: Int
        var end = ""
        var testDescription: String { "\(self.start) \(self.count) × \(self.part) \(self.end)" }
        var source: String { self.start + String(repeating: self.part, count: self.count) + self.end }
    }

    @Test(
        "of depth, which come before the stack's",
        arguments: [
            Repetition(part: "(", count: 30_000), Repetition(part: "[", count: 30_000),
            Repetition(part: "{1:", count: 20_000), Repetition(part: "!", count: 30_000, end: "true"),
            Repetition(part: "-", count: 30_000, end: "1.0"), Repetition(part: "true ? 1 : ", count: 5_000, end: "1"),
            Repetition(start: "1", part: " + 1", count: 10_000), Repetition(start: "any", part: ".a", count: 30_000),
            Repetition(start: "any", part: "[0]", count: 10_000), Repetition(part: "size(", count: 10_000),
            Repetition(start: "any", part: ".lower()", count: 5_000),
            Repetition(start: "[1]", part: ".map(x, x)", count: 5_000),
            Repetition(start: "1", part: " < 1", count: 10_000),
        ]
    )
    func depth(_ repetition: Repetition) throws {
        let error = try #require(throws: ExpressionError.self) { try ExpressionBench.evaluate(repetition.source) }
        #expect(error.code == .tooDeep)
    }

    @Test(
        "that leave room for what cel-spec asks for",
        arguments: [
            (Repetition(part: "(", count: 32, end: "7" + ")".repeated(32)), "7"),
            (Repetition(part: "!", count: 32, end: "true"), "true"),
            (Repetition(part: "-", count: 32, end: "19"), "19"),
            (Repetition(part: "true ? true : ", count: 32, end: "true"), "true"),
            (Repetition(part: "false || ", count: 5_000, end: "true"), "true"),
            (Repetition(part: "true && ", count: 5_000, end: "true"), "true"),
            (Repetition(part: "3 - 3 + ", count: 24, end: "3"), "3"),
            (Repetition(part: "[", count: 32, end: "]".repeated(32) + " == []"), "false"),
            (Repetition(part: "int(uint(", count: 12, end: "7" + "))".repeated(12)), "7"),
        ]
    )
    func room(_ repetition: Repetition, _ value: String) throws {
        #expect(try ExpressionBench.evaluate(repetition.source).description == value)
    }

    @Test("of length")
    func length() throws {
        let list = "any in ['\("a".repeated(65_500))']"
        #expect(try ExpressionBench.evaluate(list).description == "false")
        let error = try #require(throws: ExpressionError.self) {
            try ExpressionBench.evaluate(list + " ".repeated(100))
        }
        #expect(error.code == .tooLong)
    }

    /// Ten by ten by ten times.
    private static let loops =
        "abcde".map { "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(\($0), " }.joined() + "any != 'x'" + ")".repeated(5)

    private static let tree = Repetition(start: "[any]", part: ".map(x, [x, x])", count: 30).source

    @Test(
        "of steps, which no logic gets around",
        arguments: [
            Self.loops,
            // A text and a list that double 40 times.
            Repetition(start: "size([any]", part: ".map(x, x + x)", count: 40, end: "[0]) > 0").source,
            Repetition(start: "[[any]]", part: ".map(x, x + x)", count: 40, end: "[0] == []").source,
            // Trees that are small to make, for their branches are the same, and large to compare.
            "\(Self.tree) == \(Self.tree)",
        ]
    )
    func steps(_ source: String) throws {
        for source in [source, "(\(source)) || true", "!(\(source)) && false"] {
            let error = try #require(throws: EvaluationError.self, "\(source)") {
                try ExpressionBench.evaluate(source)
            }
            #expect(error.code == .tooManySteps)
        }
    }

    @Test("a search that looks alike at every place is paid for")
    func search() throws {
        let source = "(any + '\("a".repeated(30_000))').contains('\("a".repeated(20_000))b')"
        let error = try #require(throws: EvaluationError.self) { try ExpressionBench.evaluate(source) }
        #expect(error.code == .tooManySteps)
    }
}
