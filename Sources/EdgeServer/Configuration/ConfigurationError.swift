/// What is wrong with the configuration, where, and what would be right.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// 1-based; 0 when the whole file is meant.
    package let line: Int
    /// 1-based; 0 when the whole file is meant.
    package let column: Int
    package let message: String

    package init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        self.line == 0 ? "\(self.file): \(self.message)" : "\(self.file):\(self.line):\(self.column): \(self.message)"
    }
}
