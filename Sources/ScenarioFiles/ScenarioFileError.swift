/// One thing that is wrong in a scenario file, and where.
package struct ScenarioProblem: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// Both from 1.
    package var line: Int
    package var column: Int
    package var message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String { "\(self.file):\(self.line):\(self.column): \(self.message)" }
}

/// Why scenarios could not be loaded: every problem of every file, not only the first.
package struct ScenarioFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package var problems: [ScenarioProblem]

    package init(problems: [ScenarioProblem]) {
        self.problems = problems
    }

    package var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}
