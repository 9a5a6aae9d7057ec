/// Reads what may stand before everything else on a connection: a PROXY header.
package protocol Preamble: AnyObject {
    /// Takes the next bytes and says whether the rest of the connection has begun.
    func consume(_ bytes: [UInt8]) -> PreambleProgress

    /// The connection ended before the preamble did. Returns the bytes that it held back.
    func finish() -> [UInt8]
}

package enum PreambleProgress: Sendable, Equatable {
    case needsMore
    /// What came after the preamble; the connection's own bytes start here.
    case done(rest: [UInt8])
}
