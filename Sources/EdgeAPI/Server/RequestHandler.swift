import EdgeControl
import EdgeCore
import HTTPServing
import JSONText
import Logging
import Synchronization

/// Answers requests, one by one, without a socket.
final class RequestHandler: Sendable {
    /// Two certificates of 64 KiB with their newlines escaped, and the rest of the largest request.
    static let bodyLimit = 256 << 10

    private let plane: any ControlPlane
    private let table: RouteTable
    private let rateLimit: RateLimit
    private let limiter: Mutex<RateLimiter>
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    init(
        plane: any ControlPlane,
        table: RouteTable,
        rateLimit: RateLimit,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.plane = plane
        self.table = table
        self.rateLimit = rateLimit
        self.limiter = Mutex(RateLimiter(rateLimit))
        self.now = now
        self.logger = logger
    }

    func answer(_ request: APIRequest, body: HTTPServer.BodyReader) async -> APIResponse {
        let operationID = RandomText.identifier(prefix: "op")
        var logger = self.logger
        logger[metadataKey: "operation.id"] = "\(operationID)"
        logger[metadataKey: "http.method"] = "\(request.method)"
        logger[metadataKey: "http.path"] = "\(request.path)"
        let response: APIResponse
        do {
            response = try await self.perform(request, body: body)
        } catch {
            response = self.refusal(error, logger: logger).response(operationID: operationID)
        }
        logger.debug("API request answered", metadata: ["http.status": "\(response.status)"])
        return response
    }

    private func refusal(_ error: any Error, logger: Logger) -> APIError {
        switch error {
        case let error as APIError: return error
        case let error as ControlError: return APIError(error)
        case RequestBodyError.tooLarge(let limit): return .bodyTooLarge(limit)
        case RequestBodyError.incomplete: return .bodyIncomplete
        default:
            logger.error("API request failed", metadata: ["error": "\(error)"])
            return .internalError
        }
    }

    private func perform(_ request: APIRequest, body: HTTPServer.BodyReader) async throws -> APIResponse {
        if request.path == APIDescription.path {
            guard request.method == "GET" else { throw APIError.methodNotAllowed(request.method, allowed: ["GET"]) }
            return APIResponse(status: 200, body: APIDescription.text)
        }
        if request.path == StatusPage.path { return try self.page(request) }
        let (route, parameters) = try self.table.find(method: request.method, path: request.path)
        let now = self.now()
        let state = self.plane.state
        let (key, account) = try Authentication.owner(request.header("authorization"), in: state)
        try self.count(key, in: state, at: now)
        guard let version = request.header("ngrok-version") else { throw APIError.versionMissing }
        guard version == "2" else { throw APIError.versionUnsupported(version) }
        return try await route.operation(
            Call(
                plane: self.plane,
                account: account,
                key: key,
                baseURI: request.baseURI,
                now: now,
                parameters: parameters,
                query: try QueryParameters(request.query, supported: route.query),
                body: try await self.body(of: request, route: route, read: body)
            )
        )
    }

    /// The page for people, of the account of whoever asks.
    private func page(_ request: APIRequest) throws(APIError) -> APIResponse {
        guard request.method == "GET" else { throw APIError.methodNotAllowed(request.method, allowed: ["GET"]) }
        let now = self.now()
        let state = self.plane.state
        guard let (key, account) = Authentication.pageOwner(request.header("authorization"), in: state) else {
            return StatusPage.withoutKey
        }
        try self.count(key, in: state, at: now)
        return StatusPage.response(EdgeStatus(of: account, on: self.plane, at: now))
    }

    private func count(_ key: APIKey, in state: ControlState, at now: Timestamp) throws(APIError) {
        let wait = self.limiter.withLock { limiter in
            // Of keys that were deleted something is left only as long as they are few.
            if limiter.keyCount > 2 * state.apiKeys.count + 100 { limiter.keep(state.apiKeys.all.map(\.id)) }
            return limiter.admit(key.id, at: now)
        }
        if let wait { throw .rateLimited(self.rateLimit, retryAfter: wait) }
    }

    private func body(of request: APIRequest, route: Route, read: HTTPServer.BodyReader) async throws -> RequestBody {
        let bytes = try await read(Self.bodyLimit)
        guard !bytes.isEmpty else { return .none }
        guard route.method.hasBody else { throw APIError.bodyUnexpected(request.method) }
        guard let type = request.header("content-type") else { throw APIError.contentTypeMissing }
        // Parameters say nothing: JSON is UTF-8 (RFC 8259 section 8.1).
        let media = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard media == "application/json" else { throw APIError.contentTypeUnsupported(type) }
        return try RequestBody(bytes)
    }
}
