import FolderTesting
import Foundation
import Testing

@Suite("What is missing on a new machine")
struct SetupTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    /// A Debian where nothing is installed, and a user who may not change that.
    private func setUp(_ part: String) async throws -> Outcome {
        let programs = ["swift": "exit 0", "dpkg-query": "exit 1", "id": "echo 1000"]
        for (name, script) in programs {
            let path = try self.folder.write("#!/bin/sh\n\(script)\n", to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return try await RunningProgram.run(
            "/bin/bash",
            [Programs.root.appending(path: "Scripts/setup.sh").path, part],
            in: self.folder,
            environment: ["PATH": self.folder.url.path]
        )
    }

    @Test("is named with the command that installs it")
    func named() async throws {
        let outcome = try await self.setUp("build")
        #expect(outcome.status == 1)
        let packages = "libssh-dev libssl-dev libsqlite3-dev pkg-config"
        #expect(
            outcome.errors
                == "setup: error: missing Debian packages: \(packages)\nhint: sudo apt-get install \(packages)\n"
        )
    }

    @Test("is every package that the libraries of the package description come from")
    func libraries() async throws {
        let description = try String(contentsOf: Programs.root.appending(path: "Package.swift"), encoding: .utf8)
        let needed = description.matches(of: /\.apt\(\["(?<name>[^"]+)"\]\)/).map { String($0.name) }
        #expect(needed.contains("libssl-dev"))
        let words = try await self.setUp("build").errors.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(Set(needed).subtracting(words).isEmpty)
    }
}
