import ConfigurationFiles
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("Strict YAML values")
struct YAMLValueTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String
        var hint: String?
        var testDescription: String { self.message }
    }

    @Test(
        "a mistake is said with file, line and column",
        arguments: [
            Mistake(
                yaml: "grace: 1\nlistn: x\n",
                message: "f.yaml:2:1: unknown key 'listn'; did you mean 'listen'?"
            ),
            Mistake(
                yaml: "listen: x\nzzzzzzz: 1\n",
                message: "f.yaml:2:1: unknown key 'zzzzzzz'",
                hint: "the keys are listen, grace, count, yes, shape, names, wait, room, log"
            ),
            Mistake(
                yaml: "listen: x\nlog: { levle: 1 }\n",
                message: "f.yaml:2:8: unknown key 'levle' in 'log'; did you mean 'level'?"
            ),
            Mistake(
                yaml: "grace: 1\n",
                message: "f.yaml:1:1: 'listen' is missing",
                hint: "write an address"
            ),
            Mistake(yaml: "listen: x\nlog: {}\n", message: "f.yaml:2:6: 'log.level' is missing"),
            Mistake(yaml: "listen: ''\n", message: "f.yaml:1:9: 'listen' must not be empty"),
            Mistake(yaml: "listen: [a]\n", message: "f.yaml:1:9: 'listen' must be a text"),
            Mistake(
                yaml: "listen: x\ngrace: soon\n",
                message: "f.yaml:2:8: 'grace' must be a number of seconds above 0, not 'soon'"
            ),
            Mistake(
                yaml: "listen: x\ngrace: -1\n",
                message: "f.yaml:2:8: 'grace' must be a number of seconds above 0, not '-1'"
            ),
            Mistake(
                yaml: "listen: x\ncount: 9\n",
                message: "f.yaml:2:8: 'count' must be a whole number from 1 to 5, not '9'"
            ),
            Mistake(
                yaml: "listen: x\ncount: 1.5\n",
                message: "f.yaml:2:8: 'count' must be a whole number from 1 to 5, not '1.5'"
            ),
            Mistake(
                yaml: "listen: x\nyes: maybe\n",
                message: "f.yaml:2:6: 'yes' must be true or false, not 'maybe'"
            ),
            Mistake(
                yaml: "listen: x\nshape: squre\n",
                message: "f.yaml:2:8: 'shape' must be one of round, square, not 'squre'; did you mean 'square'?"
            ),
            Mistake(
                yaml: "listen: x\nwait: 2h\n",
                message: "f.yaml:2:7: 'wait' must be a duration up to 1h such as 250ms, 3s or 1m30s, not '2h'"
            ),
            Mistake(
                yaml: "listen: x\nwait: 0s\n",
                message: "f.yaml:2:7: 'wait' must be a duration up to 1h such as 250ms, 3s or 1m30s, not '0s'"
            ),
            Mistake(
                yaml: "listen: x\nroom: 2MiB\n",
                message: "f.yaml:2:7: 'room' must be a size from 1 to 1024 bytes such as 64KiB, not '2MiB'"
            ),
            Mistake(yaml: "listen: x\nnames: a\n", message: "f.yaml:2:8: 'names' must be a list, such as [a, b]"),
            Mistake(yaml: "listen: x\nnames: [a, []]\n", message: "f.yaml:2:12: 'names[1]' must be a text"),
            Mistake(yaml: "- 1\n", message: "f.yaml:1:1: the file must be a mapping of 'key: value' lines"),
            Mistake(yaml: "", message: "f.yaml: is empty", hint: "start with 'listen: ADDRESS'"),
            Mistake(yaml: "listen: x\nlisten: y\n", message: "f.yaml:1:1: the key 'listen' stands twice"),
        ]
    )
    func refuses(_ mistake: Mistake) throws {
        let problem = try #require(throws: ConfigurationError.self) { try Self.read(mistake.yaml) }
        #expect(problem.description == mistake.message)
        #expect(problem.hint == mistake.hint)
        #expect(problem.complaint.exitStatus == .usage)
    }

    @Test("text that is no YAML is refused where it goes wrong")
    func notYAML() throws {
        let problem = try #require(throws: ConfigurationError.self) { try Self.read("listen: x\ngrace: [1\n") }
        #expect(problem.description.hasPrefix("f.yaml:3:1: not YAML: "))
    }

    @Test("values are read as what they are asked for")
    func reads() throws {
        let read = try Self.read(
            """
            listen: '7'
            grace: 1.5
            count: 3
            yes: true
            shape: round
            names: [a, 2]
            wait: 1m30s
            room: 1KiB
            log: { level: info }
            """
        )
        #expect(read.listen == "7")
        #expect(read.grace == 1.5)
        #expect(read.count == 3)
        #expect(read.yes == true)
        #expect(read.shape == .round)
        #expect(read.names == ["a", "2"])
        #expect(read.wait == .seconds(90))
        #expect(read.room == 1_024)
        #expect(read.level == "info")
    }

    @Test("what an alias stands for is read, and stands where its anchor does")
    func aliases() throws {
        let file = try YAMLValue.parse("a: &names [x, y]\nb: *names\n", file: "f.yaml").mapping("a", "b")
        #expect(try file.required("b").strings() == ["x", "y"])
        #expect(try file.required("b").place == Place(file: "f.yaml", line: 1, column: 4))
    }

    @Test("aliases of aliases cannot fill the memory")
    func billionLaughs() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = try #require(throws: ConfigurationError.self) { try YAMLNode.parse(text, file: "f.yaml") }
        #expect(error.message == "stands for more than a million values")
    }

    @Test("a file that cannot be read, or is no text, is said with its path")
    func files() throws {
        let missing = try #require(throws: ConfigurationError.self) { try YAMLValue.contents(of: "/nowhere/f.yaml") }
        #expect(missing.description == "cannot read the file /nowhere/f.yaml: no such file or directory")
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "f.yaml")
            try Data([0x61, 0xff]).write(to: file)
            let noText = try #require(throws: ConfigurationError.self) { try YAMLValue.contents(of: file.path) }
            #expect(noText.description == "the file \(file.path) is no UTF-8 text")
        }
    }

    @Test("a problem without a place gets that of the value it was found in, and keeps the one it has")
    func placing() throws {
        let value = try YAMLValue.parse("a: b", file: "f.yaml")
        let placed = try #require(throws: ConfigurationError.self) {
            try value.placing { () throws(ConfigurationError) -> Void in throw ConfigurationError("no", hint: "yes") }
        }
        #expect(placed == ConfigurationError("no", at: Place(file: "f.yaml", line: 1, column: 1), hint: "yes"))
        let other = ConfigurationError("no", at: Place(file: "g.yaml"))
        let kept = try #require(throws: ConfigurationError.self) {
            try value.placing { () throws(ConfigurationError) -> Void in throw other }
        }
        #expect(kept == other)
    }

    enum Shape: String, CaseIterable { case round, square }

    struct Read {
        var listen: String
        var grace: Double?
        var count: Int?
        var yes: Bool?
        var shape: Shape?
        var names: [String]?
        var wait: Duration?
        var room: Int?
        var level: String?
    }

    static func read(_ text: String) throws(ConfigurationError) -> Read {
        let mapping = try YAMLValue.parse(text, file: "f.yaml", start: "'listen: ADDRESS'")
            .mapping("listen", "grace", "count", "yes", "shape", "names", "wait", "room", "log")
        return Read(
            listen: try mapping.required("listen", hint: "write an address").string(),
            grace: try mapping["grace"]?.seconds(),
            count: try mapping["count"]?.integer(in: 1...5),
            yes: try mapping["yes"]?.boolean(),
            shape: try mapping["shape"]?.choice(),
            names: try mapping["names"]?.strings(),
            wait: try mapping["wait"]?.duration(upTo: .seconds(3_600)),
            room: try mapping["room"]?.size(in: 1...1_024),
            level: try mapping["log"]?.mapping("level").required("level").string()
        )
    }

    @Test("a text in quotes or a block is told from one that may be a number")
    func plain() throws {
        let values = try YAMLValue.parse("[7, '7', \"7\", true, {a: ~}]", file: "f.yaml").list()
        #expect(values.map(\.node.isPlain) == [true, false, false, true, false])
        let block = try YAMLValue.parse("a: |-\n  7\n", file: "f.yaml").entries()
        #expect(block.map(\.value.node.isPlain) == [false])
    }
}
