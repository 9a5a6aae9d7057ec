import Legs
import ScenarioModel

/// A TLS stack whose wire a person can read: every byte is a letter, and some letters are what TLS does.
///
/// - `H` completes the handshake, `C` is close_notify, `A` a fatal alert of the peer's, `X` something that the stack
///   chokes on, so that it sends `!`, its own fatal alert. `?` wants an answer, and gets `.`, at any time.
/// - Every other letter is itself, and is ignored after `C`.
final class ScriptedSession: TLSSession {
    private(set) var handshake = HandshakeObservation()
    private var state = TLSOutput.State.handshaking
    private let refusesPlaintext: Bool

    init(refusesPlaintext: Bool = false) {
        self.refusesPlaintext = refusesPlaintext
    }

    func step(_ input: TLSInput) async -> TLSOutput {
        var output = TLSOutput(state: self.state)
        switch input {
        case .start: break
        case .ciphertext(let bytes):
            for byte in bytes where self.state != .failed { self.take(byte, &output) }
        case .plaintext(let bytes):
            if self.refusesPlaintext {
                self.fail("it would not")
            } else {
                output.ciphertext = bytes
            }
        case .closeNotify:
            output.ciphertext = Array("C".utf8)
        case .endOfStream:
            if self.state == .handshaking { self.fail("the end") }
        }
        output.state = self.state
        return output
    }

    private func take(_ byte: UInt8, _ output: inout TLSOutput) {
        switch Character(Unicode.Scalar(byte)) {
        case "H":
            self.state = .established
            self.handshake.isCompleted = true
        case "C": self.handshake.closeNotifyReceived = true
        case "A":
            self.handshake.alertsReceived.append(HandshakeObservation.Alert(level: 2, code: 40))
            self.fail("an alert")
        case "X":
            self.handshake.alertsSent.append(HandshakeObservation.Alert(level: 2, code: 20))
            output.ciphertext += Array("!".utf8)
            self.fail("it choked")
        case "?": output.ciphertext += Array(".".utf8)
        default:
            if !self.handshake.closeNotifyReceived { output.plaintext.append(byte) }
        }
    }

    private func fail(_ reason: String) {
        self.state = .failed
        self.handshake.failure = reason
    }
}
