import AgentClient
import ConfigurationFiles
import HTTPServing
import JSONText

/// A refusal as a client of the local API gets it, in the form of ngrok's agents: they number their own errors, and what the
/// edge has said stands in `details.err`, with its ERR_NGROK code.
struct LocalAPIError: Error, Hashable, Sendable {
    /// Of ngrok's agents where theirs is known: 102 to 104. Of the others only the status tells which they are.
    let code: Int
    let status: Int
    let message: String
    /// The cause in words, where it is more than the message.
    var cause = ""
    var allowed: [String] = []

    init(_ status: Int, code: Int, _ message: String, cause: String = "", allowed: [String] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.cause = cause
        self.allowed = allowed
    }

    var response: APIResponse {
        let value = JSONValue.object([
            .init("error_code", .integer(Int64(self.code))), .init("status_code", .integer(Int64(self.status))),
            .init("msg", .string(self.message)),
            .init("details", .object([.init("err", .string(self.cause))])),
        ])
        var response = APIResponse.json(self.status, value)
        if !self.allowed.isEmpty { response.headers.append(("allow", self.allowed.joined(separator: ", "))) }
        if self.status == 413 { response.headers.append(("connection", "close")) }
        return response
    }
}

extension LocalAPIError {
    static let noSuchPath = Self(404, code: 100, "there is nothing at this address; see /api")

    static func unknownTunnel(_ name: String) -> Self { Self(404, code: 100, "there is no tunnel '\(name)' online") }

    static func methodNotAllowed(_ allowed: [String]) -> Self {
        Self(405, code: 100, "this method is not for this address", allowed: allowed)
    }

    static func hostNotAllowed(_ host: String) -> Self {
        Self(
            403,
            code: 100,
            "the agent is not asked for by this host name",
            cause: "'\(host)' is not this machine's own, nor among web_allow_hosts"
        )
    }

    static let contentTypeUnsupported = Self(
        415,
        code: 100,
        "send the body as JSON",
        cause: "the Content-Type must be application/json"
    )

    static func bodyMalformed(_ cause: String) -> Self { Self(400, code: 102, "the body is no JSON", cause: cause) }

    static func invalidTunnel(_ error: ConfigurationError, isEndpoint: Bool) -> Self {
        Self(
            400,
            code: 102,
            "invalid \(isEndpoint ? "endpoint" : "tunnel") configuration",
            cause: error.message + (error.hint.map { "; \($0)" } ?? "")
        )
    }

    init(_ error: RequestBodyError) {
        switch error {
        case .tooLarge(let limit): self.init(413, code: 100, "the body has more than \(limit) bytes")
        case .incomplete: self.init(400, code: 102, "the body could not be read to its end")
        }
    }

    init(_ refusal: AgentControl.Refusal, name: String) {
        switch refusal {
        case .noSession:
            self.init(
                503,
                code: 104,
                "the agent is not ready to start tunnels",
                cause: "it has no session with the edge; it goes on trying"
            )
        case .nameTaken:
            self.init(
                400,
                code: 102,
                "invalid tunnel configuration",
                cause: "there is a tunnel '\(name)' already; stop it, or choose another name"
            )
        case .refused(let reason):
            self.init(502, code: 103, "failed to start tunnel", cause: reason)
        }
    }
}
