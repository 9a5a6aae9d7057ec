import StrictYAML
import Testing

@Suite("Strict YAML values")
struct YAMLValueTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String
        var testDescription: String { self.message }
    }

    @Test(
        "a mistake is said with file, line and column",
        arguments: [
            Mistake(
                yaml: "grace: 1\nlistn: x\n",
                message: "f.yaml:2:1: unknown key 'listn' in the file; did you mean 'listen'?"
            ),
            Mistake(yaml: "listen: x\nzzzzzzz: 1\n", message: "f.yaml:2:1: unknown key 'zzzzzzz' in the file"),
            Mistake(yaml: "grace: 1\n", message: "f.yaml:1:1: the file lacks the key 'listen'"),
            Mistake(yaml: "listen: ''\n", message: "f.yaml:1:9: 'listen' must not be empty"),
            Mistake(yaml: "listen: [a]\n", message: "f.yaml:1:9: 'listen' must be a text"),
            Mistake(
                yaml: "listen: x\ngrace: soon\n",
                message: "f.yaml:2:8: 'grace' must be a number of seconds above 0"
            ),
            Mistake(yaml: "listen: x\ngrace: -1\n", message: "f.yaml:2:8: 'grace' must be a number of seconds above 0"),
            Mistake(yaml: "listen: x\ncount: 9\n", message: "f.yaml:2:8: 'count' must be from 1 to 5, and is 9"),
            Mistake(yaml: "listen: x\ncount: 1.5\n", message: "f.yaml:2:8: 'count' must be a whole number"),
            Mistake(
                yaml: "listen: x\nyes: maybe\n",
                message: "f.yaml:2:6: 'yes' must be true or false, and is 'maybe'"
            ),
            Mistake(
                yaml: "listen: x\nshape: squre\n",
                message: "f.yaml:2:8: 'shape' must be one of round, square, and is 'squre'; did you mean 'square'?"
            ),
            Mistake(yaml: "listen: x\nnames: a\n", message: "f.yaml:2:8: 'names' must be a list, such as [a, b]"),
            Mistake(yaml: "- 1\n", message: "f.yaml:1:1: the file must be a mapping of 'key: value' lines"),
            Mistake(yaml: "", message: "f.yaml:1:1: is empty"),
            Mistake(yaml: "listen: x\nlisten: y\n", message: "f.yaml:1:1: the key 'listen' stands twice"),
        ]
    )
    func refuses(_ mistake: Mistake) throws {
        let problem = try #require(throws: YAMLProblem.self) { try Self.read(mistake.yaml) }
        #expect(problem.description == mistake.message)
    }

    @Test("text that is no YAML is refused where it goes wrong")
    func notYAML() throws {
        let problem = try #require(throws: YAMLProblem.self) { try Self.read("listen: x\ngrace: [1\n") }
        #expect(problem.description.hasPrefix("f.yaml:3:1: not YAML: "))
    }

    @Test("values are read as what they are asked for")
    func reads() throws {
        let read = try Self.read("listen: '7'\ngrace: 1.5\ncount: 3\nyes: true\nshape: round\nnames: [a, 2]\n")
        #expect(read.listen == "7")
        #expect(read.grace == 1.5)
        #expect(read.count == 3)
        #expect(read.yes == true)
        #expect(read.shape == .round)
        #expect(read.names == ["a", "2"])
    }

    enum Shape: String, CaseIterable { case round, square }

    struct Read {
        var listen: String
        var grace: Double?
        var count: Int?
        var yes: Bool?
        var shape: Shape?
        var names: [String]?
    }

    static func read(_ text: String) throws(YAMLProblem) -> Read {
        let mapping = try YAMLValue.parse(text, name: "f.yaml")
            .mapping("listen", "grace", "count", "yes", "shape", "names")
        return Read(
            listen: try mapping.required("listen").string(),
            grace: try mapping["grace"]?.seconds(),
            count: try mapping["count"]?.integer(in: 1...5),
            yes: try mapping["yes"]?.boolean(),
            shape: try mapping["shape"]?.choice(),
            names: try mapping["names"]?.strings()
        )
    }
}
