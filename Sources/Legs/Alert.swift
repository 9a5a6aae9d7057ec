package import ScenarioModel
import TLSWire

extension HandshakeObservation.Alert {
    /// An alert under the name that its RFC gives the code.
    package init(level: UInt8, code: UInt8) {
        self.init(level: level, code: code, name: AlertDescription(rawValue: code).description)
    }
}
