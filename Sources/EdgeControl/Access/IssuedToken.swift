package import EdgeCore

/// A token or key that was just made: shown once, and kept nowhere. It does not print.
package struct IssuedToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let text: String

    /// Two parts with an underscore between them, as ngrok's have; the second alone holds 134 bits.
    package init(using context: inout ChangeContext) {
        let name = RandomText.label(using: &context.generator)
        self.text = RandomText.identifier(prefix: name, using: &context.generator)
    }

    package var digest: TokenDigest { TokenDigest(of: self.text) }

    package var description: String { "IssuedToken(redacted)" }
    package var debugDescription: String { self.description }
}
