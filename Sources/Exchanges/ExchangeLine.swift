import ScenarioModel

/// The lines that both ends of an exchange agree on. They hold the connection's nonce, so that an upstream's record shows
/// whose connection it was.
package enum ExchangeLine {
    /// The first line of every exchange that carries data.
    package static func opening(nonce: String) -> [UInt8] { Array("shakedown \(nonce)\n".utf8) }

    /// The client's second line where the upstream resets: the echo has arrived, so that the reset cannot overtake it.
    package static func acknowledgement(nonce: String) -> [UInt8] { Array("shakedown \(nonce) seen\n".utf8) }

    /// What a client says in a dialogue, before the bytes it may announce.
    static func line(_ speech: Step.Speech, nonce: String) -> [UInt8] {
        switch speech {
        case .line: Self.opening(nonce: nonce)
        case .upload(let count): Array("shakedown \(nonce) up \(count)\n".utf8)
        case .request(let count): Array("shakedown \(nonce) down \(count)\n".utf8)
        }
    }

    /// What such a line says; `nil` where it is none of this nonce.
    static func speech(in line: [UInt8], nonce: String) -> Step.Speech? {
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ")
        guard words.count >= 2, words[0] == "shakedown", words[1] == nonce else { return nil }
        if words.count == 2 { return .line }
        guard words.count == 4, let count = Int(words[3]), count >= 0 else { return nil }
        switch words[2] {
        case "up": return .upload(count: count)
        case "down": return .request(count: count)
        default: return nil
        }
    }
}
