import HTTPServing

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
