/// The lines that both ends of an exchange agree on. They hold the case's nonce, so that an upstream's record shows whose
/// connection it was.
package enum ExchangeLine {
    /// The first line of every exchange that carries data.
    package static func opening(nonce: String) -> [UInt8] { Array("shakedown \(nonce)\n".utf8) }

    /// The client's second line where the upstream resets: the echo has arrived, so that the reset cannot overtake it.
    package static func acknowledgement(nonce: String) -> [UInt8] { Array("shakedown \(nonce) seen\n".utf8) }
}
