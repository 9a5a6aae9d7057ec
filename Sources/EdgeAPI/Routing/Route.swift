import JSONText

/// One method of one address, and what it does.
struct Route: Sendable {
    let method: Method
    let path: PathTemplate
    let query: [String]
    /// What becomes of a request that may make it.
    let operation: @Sendable (Call) async throws -> APIResponse

    enum Method: String, Hashable, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        var hasBody: Bool {
            switch self {
            case .post, .put, .patch: true
            case .get, .delete: false
            }
        }
    }

    init(
        _ method: Method,
        _ path: String,
        query: [String] = [],
        operation: @escaping @Sendable (Call) async throws -> APIResponse
    ) {
        self.method = method
        self.path = PathTemplate(path)
        self.query = query
        self.operation = operation
    }
}

/// A path in which a name in braces stands for any segment: `/edges/tls/{id}`.
struct PathTemplate: Hashable, Sendable, CustomStringConvertible {
    let description: String
    private let segments: [Substring]

    init(_ text: String) {
        self.description = text
        self.segments = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The segments that stand for any, by their names; `nil` where the path is another.
    func match(_ path: String) -> [String: String]? {
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
