// Which of the two functions below is meant, a body says by waiting or not.
// swift-format-ignore-file: AmbiguousTrailingClosureOverload

package import Foundation

/// A fresh folder, removed with the value.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        // Short, because sockets are made in it, whose paths have some hundred bytes.
        let name = "sd-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        self.url = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: false)
    }

    deinit {
        // One that stays behind in the system's temporary folder is no failure of a test.
        try? FileManager.default.removeItem(at: self.url)
    }

    package func file(_ name: String) -> URL { self.url.appending(path: name) }

    package func path(_ name: String) -> String { self.file(name).path }

    /// Returns the file's path.
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: self.file(name))
        return self.path(name)
    }
}

/// A fresh folder, removed when `body` is done.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) { try body(folder.url) }
}

package func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder.url)
}
