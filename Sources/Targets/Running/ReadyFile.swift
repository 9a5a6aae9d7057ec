internal import Foundation
internal import ScenarioModel

/// What a program writes once it is ready: a JSON object whose texts are facts for the templates of later processes.
struct ReadyFile: Hashable, Sendable {
    var facts: [String: String]
    /// What it says under `listen`.
    var addresses: [SocketAddressValue]

    /// `nil` while the file is not there; programs put it there whole.
    init?(contentsOf url: URL) throws(TargetError) {
        guard let data = try? Data(contentsOf: url) else { return nil }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TargetError(.notReady, "\(url.lastPathComponent) does not hold a JSON object")
        }
        self.facts = object.compactMapValues { $0 as? String }
        self.addresses = []
        for text in object["listen"] as? [String] ?? [] {
            guard let address = SocketAddressValue(text) else {
                throw TargetError(.notReady, "\(url.lastPathComponent) lists '\(text)', which is no address and port")
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
