package import ConfigurationFiles
package import ProgramKit

/// Why scenarios could not be loaded: every problem of every file, not only the first.
package struct ScenarioFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package var problems: [ConfigurationError]

    package init(problems: [ConfigurationError]) {
        self.problems = problems
    }

    package var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}

extension ScenarioFileError: ExplainedError {
    package var complaint: Complaint { Complaint(self.description, exitStatus: .usage) }
}
