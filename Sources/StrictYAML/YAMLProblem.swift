/// What is wrong in a YAML file, and where: `Certs/clients.yaml:12:5: unknown key 'isuer'; did you mean 'issuer'?`
package struct YAMLProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    package let message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String { "\(self.file):\(self.line):\(self.column): \(self.message)" }
}
