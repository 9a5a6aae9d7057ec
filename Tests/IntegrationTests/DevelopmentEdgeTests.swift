import FolderTesting
import Foundation
import Testing

/// `shakedown-edge dev`: what it prints works as it is printed, and nothing else has to be known.
@Suite("An edge without a configuration", .serialized)
struct DevelopmentEdgeTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private func start(_ arguments: String..., folder: String = "dev") throws -> RunningProgram {
        let free = ["--listen", "127.0.0.1:0", "--agents", "127.0.0.1:0"]
        return try RunningProgram(
            Programs.path("shakedown-edge"),
            ["dev", "--folder", self.folder.path(folder)] + (arguments.isEmpty ? free : arguments),
            in: self.folder
        )
    }

    /// The lines to paste, once they are all there.
    private static func lines(of edge: RunningProgram) async throws -> (agent: String, curl: String) {
        try #require(try await edge.wait { edge.output.hasSuffix("edge.yaml\n") }, "\(edge.errors)")
        let lines = edge.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
        try #require(lines.count == 2, "\(edge.output)")
        return (String(lines[0]), String(lines[1]))
    }

    private func paste(_ line: String) throws -> RunningProgram {
        try RunningProgram("/bin/bash", ["-c", "exec \(line)"], in: self.folder, at: self.folder.url)
    }

    /// A service on a port of its own, for which the agent's line is changed.
    private func upstream() async throws -> (program: RunningProgram, port: String) {
        let site = self.folder.file("site")
        try FileManager.default.createDirectory(at: site, withIntermediateDirectories: true)
        try Data("hello from behind the edge\n".utf8).write(to: site.appending(path: "index.html"))
        let program = try RunningProgram(
            "/usr/bin/env",
            ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", site.path],
            in: self.folder
        )
        let pattern = #/port ([0-9]+) /#
        try #require(try await program.wait { program.output.contains(pattern) }, "\(program.errors)")
        return (program, String(try #require(program.output.firstMatch(of: pattern)).output.1))
    }

    @Test(
        "the lines that it prints put a service online and get its answer, at the second start too",
        .enabled(if: Programs.isInstalled("python3") && Programs.isInstalled("curl"), "install python3 and curl")
    )
    func pasted() async throws {
        let (upstream, port) = try await self.upstream()
        defer { kill(upstream.process.processIdentifier, SIGKILL) }
        for news in ["new in \(self.folder.path("dev")): ca.pem, authtoken, edge.pem, agents.pem\n", ""] {
            let edge = try self.start()
            defer { kill(edge.process.processIdentifier, SIGKILL) }
            let lines = try await Self.lines(of: edge)
            #expect(edge.output.hasPrefix(news + "\nPut a service"), "\(edge.output)")
            let agent = try self.paste(lines.agent.replacing(" 8080 ", with: " \(port) "))
            defer { kill(agent.process.processIdentifier, SIGKILL) }
            try #require(try await agent.wait { agent.errors.contains("tunnel online") }, "\(agent.errors)")
            let answer = try await self.paste(lines.curl).end()
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output == "hello from behind the edge\n")
            #expect(!edge.errors.contains("lvl=warn"), "\(edge.errors)")
            kill(agent.process.processIdentifier, SIGINT)
            #expect(try await agent.end().status == 0)
            kill(edge.process.processIdentifier, SIGTERM)
            let outcome = try await edge.end()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.errors.contains("error"), "\(outcome.errors)")
        }
    }

    @Test("a copy of its configuration starts with --config, and with the word `run` in front")
    func copied() async throws {
        let edge = try self.start()
        _ = try await Self.lines(of: edge)
        kill(edge.process.processIdentifier, SIGINT)
        #expect(try await edge.end().status == 0)
        let copy = self.folder.path("mine.yaml")
        try FileManager.default.copyItem(atPath: self.folder.path("dev/edge.yaml"), toPath: copy)
        for words in [[], ["run"]] {
            let outcome = try await RunningProgram.run(
                Programs.path("shakedown-edge"),
                words + ["--config", copy, "--check"],
                in: self.folder
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "\(copy) is good\n")
        }
    }

    @Test("SIGHUP reads the certificates again, as it does of an edge with a configuration")
    func reload() async throws {
        let edge = try self.start()
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        _ = try await Self.lines(of: edge)
        kill(edge.process.processIdentifier, SIGHUP)
        #expect(try await edge.wait { edge.errors.contains("configuration reloaded") }, "\(edge.errors)")
    }

    @Test("an address that is taken is named, whichever of the two it is, and a folder that is")
    func busy() async throws {
        let edge = try self.start()
        defer { kill(edge.process.processIdentifier, SIGKILL) }
        let lines = try await Self.lines(of: edge)
        let port = try #require(lines.curl.firstMatch(of: /:([0-9]+)\/$/)).output.1
        for taken in [
            ["--listen", "127.0.0.1:\(port)", "--agents", "127.0.0.1:0"],
            ["--listen", "127.0.0.1:0", "--agents", "127.0.0.1:\(port)"],
        ] {
            let other = try await self.start(taken[0], taken[1], taken[2], taken[3], folder: "other").end()
            #expect(other.status == 1)
            #expect(
                other.errors.hasPrefix(
                    "shakedown-edge: error: cannot listen on 127.0.0.1:\(port): address in use\nhint: "
                ),
                "\(other.errors)"
            )
        }
        let second = try await self.start().end()
        #expect(second.status == 1)
        #expect(
            second.errors.hasPrefix(
                "shakedown-edge: error: the folder \(self.folder.path("dev")) is in use by another shakedown-edge dev\nhint: "
            ),
            "\(second.errors)"
        )
    }

    @Test("the help opens with what works, and wrong use ends with 64")
    func help() async throws {
        let program = Programs.path("shakedown-edge")
        let help = try await RunningProgram.run(program, ["--help"], in: self.folder)
        #expect(help.status == 0)
        let examples = try #require(
            help.output.firstRange(of: "EXAMPLES\n  shakedown-edge dev\n  shakedown-edge --config")
        )
        let usage = try #require(help.output.firstRange(of: "USAGE"))
        #expect(examples.lowerBound < usage.lowerBound, "\(help.output)")
        for wrong in [[], ["--config"], ["dev", "--nosuch"], ["dev", "--folder", "/dev/null/x"]] {
            let outcome = try await RunningProgram.run(program, wrong, in: self.folder)
            #expect(outcome.status == 64, "\(wrong): \(outcome.errors)")
        }
    }
}
