package import ProgramKit

/// Where something stands in a file.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    /// As the person who gave it calls it.
    package let file: String
    /// From 1; `nil` when the whole file is meant.
    package let line: Int?
    /// From 1, in Unicode scalars.
    package let column: Int?

    package init(file: String) {
        self.file = file
        self.line = nil
        self.column = nil
    }

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `Certs/clients.yaml:12`
    package var fileAndLine: String { self.line.map { "\(self.file):\($0)" } ?? self.file }

    package var description: String {
        guard let line, let column else { return self.file }
        return "\(self.file):\(line):\(column)"
    }
}

/// What is wrong in a file, a flag or a certificate, where, and what would be right:
/// `edge.yaml:4:1: unknown key 'listn'; did you mean 'listen'?`
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `nil` for what stands in no file, such as a flag.
    package let place: Place?
    /// Lower case, no full stop.
    package let message: String
    /// What to do, where we know.
    package let hint: String?

    package init(_ message: String, at place: Place? = nil, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    package var description: String { self.place.map { "\($0): \(self.message)" } ?? self.message }
}

extension ConfigurationError: ExplainedError {
    package var complaint: Complaint { Complaint(self.description, hint: self.hint, exitStatus: .usage) }
}
