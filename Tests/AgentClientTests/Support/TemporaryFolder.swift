import Foundation

/// A folder that is removed with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "shakedown-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.url)
    }

    func path(_ name: String) -> String { self.url.appending(path: name).path }

    func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: self.url.appending(path: name))
        return self.path(name)
    }
}
