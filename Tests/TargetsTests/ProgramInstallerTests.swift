import FolderTesting
import Foundation
import Testing

@testable import Targets

@Suite("Programs that are installed into the checkout")
struct ProgramInstallerTests {
    private static func program(_ install: Installation, path: String? = nil) -> TargetDescription.Program {
        .init(name: "edge", isOurs: false, path: path, install: install)
    }

    /// Another process writes the program: what this one has open for writing, any child that is just being started has
    /// too, and Linux runs no file that is open for writing (ETXTBSY).
    private func makeProgram(_ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let script = "printf '#!/bin/sh\necho $LD_LIBRARY_PATH' > \"$1\" && chmod 755 \"$1\""
        let written = try ProgramSearch.output(of: ["/bin/sh", "-c", script, "sh", file.path])
        #expect(written.status == 0, "\(written.text)")
    }

    @Test("come before those of the system, with their libraries")
    func first() throws {
        try withTemporaryFolder { folder in
            let system = folder.appending(path: "bin")
            let installed = folder.appending(path: ".programs")
            try self.makeProgram("edge", in: system)
            let search = Fixture.search(in: folder, installed: installed, path: system.path)
            let program = Self.program(.debian(["edge"], file: "usr/sbin/edge"))
            #expect(try search.find(program) == .init(path: system.appending(path: "edge").path))
            try self.makeProgram("edge/usr/sbin/edge", in: installed)
            let libraries = installed.appending(path: "edge/usr/lib/x86_64-linux-gnu")
            try FileManager.default.createDirectory(at: libraries, withIntermediateDirectories: true)
            let found = try search.find(program)
            #expect(found.path == installed.appending(path: "edge/usr/sbin/edge").path)
            #expect(found.environment == ["LD_LIBRARY_PATH": libraries.path])
            #expect(try ProgramSearch.output(of: found, []).text == libraries.path + "\n")
        }
    }

    @Test("a path is the program and no other, from the target's folder or from the root")
    func path() throws {
        try withTemporaryFolder { folder in
            try self.makeProgram("build/edge", in: folder)
            let search = Fixture.search(
                in: folder.appending(path: "target"),
                path: folder.appending(path: "build").path
            )
            let expected = folder.appending(path: "build/edge").path
            #expect(try search.find(Self.program(.byHand("make"), path: "../build/edge")).path == expected)
            #expect(try search.find(Self.program(.byHand("make"), path: expected)).path == expected)
            let error = try #require(throws: TargetError.self) {
                try search.find(Self.program(.byHand("make"), path: "edge"))
            }
            #expect(error.description == "\(folder.path)/target/edge is no program that can be run\nhint: make")
        }
    }

    @Test("what is missing is said with the command that installs it")
    func hints() throws {
        let search = Fixture.search(in: URL(filePath: "/t"), path: "/nonexistent")
        func hint(_ install: Installation) throws -> String? {
            try #require(throws: TargetError.self) { try search.find(Self.program(install)) }.hint
        }
        #expect(try hint(.pip(["edge"], file: "bin/edge")) == "shakedown targets --install scripted")
        #expect(
            try hint(.debian(["edge", "edge-module"], file: "usr/bin/edge"))
                == "shakedown targets --install scripted, or apt-get install edge edge-module"
        )
    }

    @Test("a command that fails leaves what was there, and no rest")
    func failure() throws {
        try withTemporaryFolder { folder in
            try self.makeProgram("edge/bin/edge", in: folder)
            var said: [String] = []
            let installer = ProgramInstaller(folder: folder) { said.append($0) }
            let error = try #require(throws: TargetError.self) {
                // Found wrong before anything is asked of a network.
                try installer.install(Self.program(.pip(["not a requirement"], file: "bin/edge")))
            }
            #expect(error.code == .cannotInstall)
            #expect(error.message.hasPrefix("python3 ended with status 1:\n"))
            #expect(said.count == 1 && said[0].hasPrefix("python3 -m pip install "))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["edge"])
            #expect(FileManager.default.isExecutableFile(atPath: folder.appending(path: "edge/bin/edge").path))
        }
    }
}
