import JSONText

/// What is answered, without its form on the wire.
struct APIResponse: Sendable {
    var status: Int
    /// JSON; `nil` for an answer without a body.
    var body: [UInt8]?
    var headers: [(name: String, value: String)] = []

    static let done = APIResponse(status: 204, body: nil)

    static func json(_ status: Int, _ value: JSONValue) -> APIResponse {
        APIResponse(status: status, body: value.encoded)
    }
}
