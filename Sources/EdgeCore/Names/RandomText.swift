/// Identifiers and host names that cannot be guessed.
package enum RandomText {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    /// Characters of one number that is drawn, each draw being a call of the system: 36^12 is the last power below 2^64.
    private static let charactersOfDraw = 12
    private static let draws: Range<UInt64> = 0..<4_738_381_338_321_616_896

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
        var characters: [UInt8] = []
        while characters.count < length {
            var number = UInt64.random(in: Self.draws, using: &generator)
            for _ in 0..<min(Self.charactersOfDraw, length - characters.count) {
                characters.append(Self.alphabet[Int(number % 36)])
                number /= 36
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
