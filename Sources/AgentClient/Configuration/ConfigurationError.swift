import TLSCredentials

/// What is wrong with a flag, a file, a key or a certificate, in words for the person who can put it right.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lower case, no full stop: `agent.yaml:12:5: unknown key 'protoo' in tunnel 'web'`.
    package let message: String
    /// What to do, where we know.
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var description: String { self.message }
}

extension ConfigurationError {
    /// Says of a file of certificates or keys what its reader says.
    static func explaining<Value>(
        _ read: () throws(CredentialError) -> Value
    ) throws(ConfigurationError) -> Value {
        do {
            return try read()
        } catch {
            throw ConfigurationError(error.message, hint: error.hint)
        }
    }
}
