internal import JSONText
internal import ProgramKit
internal import ScenarioModel

/// What a program says in its ready file: texts are facts for the templates of later processes.
struct Readiness: Hashable, Sendable {
    var facts: [String: String] = [:]
    /// What it says under `listen`.
    var addresses: [SocketAddressValue] = []

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
            guard let address = SocketAddressValue(text) else {
                throw TargetError(
                    .notReady,
                    "the ready file \(file.path) lists '\(text)', which is no address and port"
                )
            }
            self.addresses.append(address)
        }
    }
}

extension SocketAddressValue {
    /// Reads `127.0.0.1:443` or `[::1]:443`.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, (1...65_535).contains(port) else { return nil }
        self.init(ip: String(host), port: port)
    }
}
