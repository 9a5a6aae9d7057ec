package import JSONText

/// What is answered, without its form on the wire.
package struct APIResponse: Sendable {
    package var status: Int
    /// JSON, unless the headers say otherwise; `nil` for an answer without a body.
    package var body: [UInt8]?
    package var headers: [(name: String, value: String)] = []

    package init(status: Int, body: [UInt8]?, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    package static let done = APIResponse(status: 204, body: nil)

    package static func json(_ status: Int, _ value: JSONValue) -> APIResponse {
        APIResponse(status: status, body: value.encoded)
    }
}
