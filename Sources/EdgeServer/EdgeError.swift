/// Why the edge did not start, for the person who started it.
package struct EdgeError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// What to do about it.
    package let hint: String?

    package init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }
}
