/// The keys that a reader of ours knows in one mapping, as its complaint about an unknown one lists them.
package enum KnownKeys {
    /// A key that is like none.
    package static let unknown = "qqqqqqqq"

    private static let opening = "the keys are "

    /// - Parameter hint: what the reader said to do about ``unknown``.
    package static func listed(in hint: String?) -> [String]? {
        guard let hint, hint.hasPrefix(Self.opening) else { return nil }
        return hint.dropFirst(Self.opening.count).split(separator: ", ").map(String.init)
    }
}
