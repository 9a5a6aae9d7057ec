/// A path in which a name in braces stands for any segment: `/edges/tls/{id}`.
package struct PathTemplate: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let segments: [Substring]

    package init(_ text: String) {
        self.description = text
        self.segments = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The segments that stand for any, by their names; `nil` where the path is another.
    package func match(_ path: String) -> [String: String]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == self.segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(self.segments, parts) {
            guard segment.hasPrefix("{") else {
                guard segment == part else { return nil }
                continue
            }
            guard !part.isEmpty, let value = PercentEncoding.decoded(part) else { return nil }
            values[String(segment.dropFirst().dropLast())] = value
        }
        return values
    }
}
