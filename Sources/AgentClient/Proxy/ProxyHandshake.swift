package import NIOCore

/// What is said to a proxy before the connection is the edge's: decisions alone, of bytes that came.
package protocol ProxyHandshake: Sendable {
    /// What is said first.
    mutating func start() -> [UInt8]

    /// - Parameter bytes: All that came and was not taken yet. What is behind the proxy's last word is the edge's, and stays.
    mutating func receive(_ bytes: inout ByteBuffer) throws(ProxyTrouble.Reason) -> ProxyHandshakeStep
}

package enum ProxyHandshakeStep: Hashable, Sendable {
    case readMore
    case say([UInt8])
    case established
}
