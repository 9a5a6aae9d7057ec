import ByteClient
import Legs
import ScenarioModel
import TLSWire

extension HandshakeObservation {
    /// What of a server's answer is in the clear: all of it in TLS 1.2, and of TLS 1.3 the hellos and the alerts in front of keys.
    init(_ answer: AnswerReader) {
        self.init()
        self.retryRequest = RetryRequest(answer)
        if let hello = answer.serverHello {
            self.isAnswered = true
            self.version = TLSVersion(wireValue: hello.selectedVersion)
            self.cipherSuite = hello.cipherSuite.description
            self.alpn = hello.alpnProtocol.map { String(decoding: $0, as: UTF8.self) }
            self.peerCertificates = answer.certificates.map { ByteString($0) }
        }
        for alert in answer.alerts {
            if alert.code == .closeNotify {
                self.closeNotifyReceived = true
            } else {
                self.alertsReceived.append(Alert(level: alert.levelByte, code: alert.code.rawValue))
            }
        }
        if answer.isNotTLS { self.failure = "the answer is not TLS" }
    }
}

extension HandshakeObservation.RetryRequest {
    /// `nil` where the answer has none.
    init?(_ answer: AnswerReader) {
        guard let request = answer.helloRetryRequest else { return nil }
        self.init(group: request.selectedGroup?.description)
    }
}
