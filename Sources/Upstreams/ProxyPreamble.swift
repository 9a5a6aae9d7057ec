import Exchanges
import ProxyProtocol
import ScenarioModel

/// Looks for a PROXY header before everything else, whether one was asked for or not.
final class ProxyPreamble: Preamble {
    private(set) var observation = ProxyHeaderObservation.absent
    private var reader = ProxyHeaderReader()
    private var bytes: [UInt8] = []

    func consume(_ bytes: [UInt8]) -> PreambleProgress {
        self.bytes.append(contentsOf: bytes)
        do {
            switch try self.reader.append(bytes) {
            case .needsMore:
                return .needsMore
            case .notAHeader:
                return .done(rest: self.bytes)
            case .complete(let header, let length):
                self.observation = .valid(
                    version: header.version.rawValue,
                    source: header.source,
                    destination: header.destination,
                    command: "\(header.command)",
                    length: length,
                    tlvs: header.tlvs.map { .init(type: $0.kind.rawValue, value: ByteString($0.value)) }
                )
                return .done(rest: Array(self.bytes[length...]))
            }
        } catch {
            self.observation = .invalid(reason: "\(error)", bytes: ByteString(self.bytes))
            return .done(rest: self.bytes)
        }
    }

    func finish() -> [UInt8] {
        if !self.bytes.isEmpty {
            self.observation = .invalid(reason: "it ends in the middle", bytes: ByteString(self.bytes))
        }
        return self.bytes
    }
}
