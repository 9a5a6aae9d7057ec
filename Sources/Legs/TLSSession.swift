package import ScenarioModel

/// A TLS stack without a socket: bytes go in, bytes come out.
///
/// A session belongs to one task. A peer that refuses is a state of the session and never an error.
package protocol TLSSession: AnyObject {
    /// Takes one thing that happened and returns everything that follows from it.
    func step(_ input: TLSInput) async -> TLSOutput

    /// What is known so far; complete once the session is `established` or `failed`.
    var handshake: HandshakeObservation { get }

    /// What the session can be resumed from, by now: in TLS 1.3 it comes some time after the handshake, and may never
    /// come. `nil` of an engine that keeps none.
    var savedSession: SavedSession? { get }
}

extension TLSSession {
    package var savedSession: SavedSession? { nil }
}

package enum TLSInput: Sendable {
    /// A client makes its first flight; a server does nothing yet.
    case start
    case ciphertext([UInt8])
    /// Application bytes to send. Allowed once the session is established.
    case plaintext([UInt8])
    /// Ends the sending direction.
    case closeNotify
    /// The TCP connection gives no more bytes.
    case endOfStream
}

package struct TLSOutput: Sendable {
    /// Bytes for the peer.
    package var ciphertext: [UInt8] = []
    /// Application bytes that the peer sent.
    package var plaintext: [UInt8] = []
    package var state: State

    package init(state: State) { self.state = state }

    package enum State: Sendable, Equatable {
        case handshaking, established
        /// A fatal alert was sent or received, or the stack gave up.
        case failed
    }
}
