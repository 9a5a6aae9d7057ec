import Legs
import ScenarioModel
import Testing

@testable import Exchanges

@Suite("Handshake notes")
struct HandshakeNotesTests {
    private func alert(_ level: UInt8, _ code: UInt8) -> HandshakeObservation.Alert {
        HandshakeObservation.Alert(level: level, code: code)
    }

    @Test("each alert, the outcome and close_notify are told once, when they happen")
    func once() {
        var notes = HandshakeNotes()
        var handshake = HandshakeObservation()
        #expect(notes.news(handshake, state: .handshaking).isEmpty)
        handshake.alertsReceived = [self.alert(1, 112)]
        #expect(
            notes.news(handshake, state: .handshaking).map(\.detail) == ["received warning unrecognized_name (112)"]
        )
        let retry = HandshakeObservation.RetryRequest(group: "secp256r1")
        handshake.retryRequest = retry
        #expect(notes.news(handshake, state: .handshaking).map(\.detail) == ["\(retry)"])
        handshake.version = .tls13
        handshake.cipherSuite = "TLS_AES_128_GCM_SHA256"
        let established = notes.news(handshake, state: .established)
        #expect(established.map(\.kind) == [.handshake])
        #expect(established.map(\.detail) == ["TLS 1.3 TLS_AES_128_GCM_SHA256"])
        #expect(notes.news(handshake, state: .established).isEmpty)
        handshake.closeNotifyReceived = true
        #expect(notes.news(handshake, state: .established).map(\.detail) == ["received close_notify"])
        handshake.alertsSent = [self.alert(2, 20)]
        handshake.failure = "bad record mac"
        #expect(
            notes.news(handshake, state: .failed).map(\.detail) == ["sent fatal bad_record_mac (20)", "bad record mac"]
        )
        #expect(notes.news(handshake, state: .failed).isEmpty)
    }
}
