import AgentProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells scripts that the tunnels are online: `{"tunnels":[{"name":"web","url":"tls://…"}],"session":"…"}`.
package struct ReadyFile: Hashable, Sendable {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    /// Replaces the file in one step, so that a reader sees all of it or nothing.
    func write(tunnels: [String: String], session: String) throws(ConfigurationError) {
        let entries = tunnels.sorted { $0.key < $1.key }.map { name, url in
            JSONValue.object([.init("name", .string(name)), .init("url", .string(url))])
        }
        let value = JSONValue.object([.init("tunnels", .array(entries)), .init("session", .string(session))])
        do {
            try Data(value.encoded + [0x0a]).write(to: URL(filePath: self.path), options: .atomic)
        } catch {
            throw ConfigurationError(
                "cannot write the ready file \(self.path): \(error)",
                hint: "check that the folder exists and this user may write there"
            )
        }
    }
}
