/// Why a stream or a whole session ended other than by both sides finishing.
///
/// Two are equal when their ``code`` is, so a test can expect a kind without saying where.
package struct MuxadoError: Error, Sendable, CustomStringConvertible {
    /// How much of the session the error ends.
    package enum Scope: Hashable, Sendable {
        case stream(StreamID)
        case session
    }

    /// Who said so.
    package enum Origin: Hashable, Sendable {
        /// This side found the fault, or was asked to close.
        case local
        /// The peer sent the code in a RST or GOAWAY frame.
        case remote
        /// The connection below ended or failed.
        case transport
    }

    package let code: ErrorCode
    package let scope: Scope
    package let origin: Origin
    /// One sentence without full stop; from a peer's GOAWAY it is the peer's text and not to be trusted.
    package let detail: String

    package init(_ code: ErrorCode, scope: Scope, origin: Origin, detail: String) {
        self.code = code
        self.scope = scope
        self.origin = origin
        self.detail = detail
    }

    package var description: String {
        let subject =
            switch self.scope {
            case .stream(let id): "stream \(id)"
            case .session: "session"
            }
        let reporter =
            switch self.origin {
            case .local: "local"
            case .remote: "from the peer"
            case .transport: "from the connection"
            }
        return "muxado \(subject): \(self.code) (\(reporter)): \(self.detail)"
    }
}

extension MuxadoError: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}

extension MuxadoError {
    /// A fault of the peer that ends the session.
    package static func session(_ code: ErrorCode, _ detail: String) -> MuxadoError {
        MuxadoError(code, scope: .session, origin: .local, detail: detail)
    }

    static func stream(_ id: StreamID, _ code: ErrorCode, _ detail: String) -> MuxadoError {
        MuxadoError(code, scope: .stream(id), origin: .local, detail: detail)
    }
}
