import EdgeControl
import HTTPServing
import JSONText

/// A refusal as a client gets it.
struct APIError: Error, Sendable {
    let status: Int
    /// ngrok's number; `nil` for what ngrok has none for.
    let code: Int?
    let message: String
    var field: String?
    var headers: [(name: String, value: String)] = []

    init(
        _ status: Int,
        code: Int?,
        _ message: String,
        field: String? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers
    }

    init(_ error: ControlError) {
        let status =
            switch error.kind {
            case .invalid: 400
            case .forbidden: 403
            case .notFound: 404
            case .unavailable: 503
            }
        self.init(status, code: error.code, error.message, field: error.field)
    }

    /// - Parameter operationID: What the edge's log has of it.
    func response(operationID: String) -> APIResponse {
        var details: [JSONValue.Member] = [.init("operation_id", .string(operationID))]
        if let field { details.append(.init("field", .string(field))) }
        var members: [JSONValue.Member] = []
        if let code { members.append(.init("error_code", .string("ERR_NGROK_\(code)"))) }
        members += [
            .init("status_code", .integer(Int64(self.status))), .init("msg", .string(self.message)),
            .init("details", .object(details)),
        ]
        return APIResponse(status: self.status, body: JSONValue.object(members).encoded, headers: self.headers)
    }
}

extension APIError {
    static let noSuchPath = APIError(404, code: nil, "There is nothing at this address. See /openapi.json.")

    static func methodNotAllowed(_ method: String, allowed: [String]) -> APIError {
        let list = allowed.joined(separator: ", ")
        return APIError(
            405,
            code: nil,
            "The method '\(method)' is not for this address. Allowed: \(list).",
            headers: [("allow", list)]
        )
    }

    static func bodyUnexpected(_ method: String) -> APIError {
        APIError(400, code: 211, "A \(method) request has no body, and this one does.")
    }

    static let contentTypeMissing = APIError(
        415,
        code: 216,
        "The request has a body and no Content-Type. Send application/json."
    )

    static func contentTypeUnsupported(_ type: String) -> APIError {
        APIError(415, code: 210, "The content type '\(type)' is not supported. Send application/json.")
    }

    static func bodyTooLarge(_ limit: Int) -> APIError {
        APIError(413, code: 812, "The request's body has more than \(limit) bytes.", headers: [("connection", "close")])
    }

    static let bodyIncomplete = APIError(400, code: 212, "The request's body could not be read to its end.")

    static let versionMissing = APIError(
        400,
        code: 218,
        "The request names no version of the API. Send the header 'Ngrok-Version: 2'."
    )

    static func versionUnsupported(_ version: String) -> APIError {
        APIError(400, code: 217, "There is no version '\(version)' of the API. Send the header 'Ngrok-Version: 2'.")
    }

    static func rateLimited(_ limit: RateLimit, retryAfter seconds: Int64) -> APIError {
        APIError(
            429,
            code: 226,
            "The API key is limited to \(limit.requests) requests in \(limit.seconds) s.",
            headers: [("retry-after", "\(seconds)")]
        )
    }

    static let internalError = APIError(
        500,
        code: 802,
        "The edge failed on its own account. Its log has the cause, by the operation_id."
    )
}
