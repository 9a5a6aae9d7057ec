package import AgentProtocol

/// Why the control plane refuses what it is asked. Two are equal when their kind and ``code`` are.
package struct ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// What was asked for cannot be.
        case invalid
        /// The account's plan does not have it.
        case forbidden
        /// There is no such object, or it is another account's.
        case notFound
        /// What it takes is out of reach for now, such as an agent that does not answer.
        case unavailable
    }

    package let kind: Kind
    /// ngrok's number; `nil` for what ngrok has none for.
    package let code: Int?
    package let message: String
    /// The request's field that is wrong, such as `tls_termination.min_version`.
    package let field: String?

    package init(_ kind: Kind = .invalid, code: Int?, _ message: String, field: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.field = field
    }

    /// What a field's own reader has against it.
    package init(_ error: NgrokError, field: String) {
        self.init(code: error.code, error.message, field: field)
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.kind == rhs.kind && lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        hasher.combine(self.code)
    }

    package var description: String {
        self.message + (self.code.map { " (ERR_NGROK_\($0))" } ?? "")
    }
}

extension ControlError {
    /// - Parameter code: ngrok's number, for the kinds of object that have one.
    static func notFound(_ what: String, id: String, code: Int? = nil) -> ControlError {
        ControlError(.notFound, code: code, "There is no \(what) '\(id)'. Check the id.")
    }

    static func inUse(_ what: String, id: String, by user: String, code: Int?) -> ControlError {
        ControlError(
            code: code,
            "The \(what) '\(id)' cannot be deleted: \(user) refers to it. Change that first.",
            field: "id"
        )
    }

    static func required(_ field: String) -> ControlError {
        ControlError(code: 1405, "The field '\(field)' is missing.", field: field)
    }
}
