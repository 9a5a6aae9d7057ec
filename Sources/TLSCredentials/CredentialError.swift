/// Why a file of certificates or keys cannot be used, in words for the person who can put it right.
package struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lower case, no full stop: `the certificate app.pem expired on 2026-11-26`.
    package let message: String
    /// What to do, where we know.
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var description: String { self.message }
}
