/// Identifiers and host names that cannot be guessed.
package enum RandomText {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")

    /// 26 characters of 36 kinds hold 134 bits, more than a UUID's 122.
    package static func identifier(
        prefix: String,
        using generator: inout some RandomNumberGenerator
    ) -> String {
        prefix + "_" + Self.text(length: 26, using: &generator)
    }

    package static func identifier(prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return Self.identifier(prefix: prefix, using: &generator)
    }

    /// One label for an endpoint that asked for no name.
    package static func label(using generator: inout some RandomNumberGenerator) -> String {
        Self.text(length: 12, using: &generator)
    }

    private static func text(length: Int, using generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)] })
    }
}
