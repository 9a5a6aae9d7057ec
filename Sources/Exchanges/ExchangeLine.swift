/// What both ends of an exchange agree on.
package enum ExchangeLine {
    /// The first line of every exchange that carries data.
    package static func opening(nonce: String) -> [UInt8] { Array("shakedown \(nonce)\n".utf8) }

    /// The client's second line where the upstream resets: the echo has arrived, so that the reset cannot overtake it.
    package static func acknowledgement(nonce: String) -> [UInt8] { Array("shakedown \(nonce) seen\n".utf8) }

    /// Bytes sent against a half-closed direction: more than socket buffers hold by themselves.
    package static let halfCloseCount = 1 << 20

    /// So many bytes of the endless transfer have arrived when the agent is killed.
    package static let underWayCount = 1 << 20
}
