internal import Addresses
internal import JSONText
internal import ProgramKit

/// What a program says in its ready file: texts are facts for the templates of later processes.
struct Readiness: Hashable, Sendable {
    var facts: [String: String] = [:]
    /// What it says under `listen`.
    var addresses: [TransportAddress] = []

    /// Of a program that only is ready.
    init() {}

    /// `nil` while the file is not there.
    init?(_ file: ReadyFile) throws(TargetError) {
        let value: JSONValue?
        do {
            value = try file.read()
        } catch {
            throw TargetError(.notReady, error.message, hint: error.hint)
        }
        guard case .object(let members) = value else { return nil }
        for member in members {
            if let text = member.value.text { self.facts[member.name] = text }
        }
        for text in value?["listen"]?.elements?.compactMap(\.text) ?? [] {
            guard let address = TransportAddress(text), address.port > 0 else {
                throw TargetError(
                    .notReady,
                    "the ready file \(file.path) lists '\(text)', which is no address and port"
                )
            }
            self.addresses.append(address)
        }
    }
}
