import DocumentationTesting
import Foundation

/// Follows a page from top to bottom as a reader would, and says where it is wrong.
struct PageRun {
    /// Commands that no test can run, and why.
    static let notRun: [String: String] = [
        "make run": "it builds the programs that these tests are run with",
        "make test": "it runs these tests",
        "shakedown run --target haproxy": "`make peers` runs it, where HAProxy is installed",
        "shakedown run --target haproxy --target nginx": "it runs both suites, as `make peers` does",
    ]

    /// Commands on such a page are typed where the first minute of the README has been.
    private static let needsFirstMinute = "in the folder of the first minute"
    private static let firstMinute: Set = [
        "The first minute with edge and agent", "The same by hand, for each place where TLS can end",
    ]

    private let shell: PageShell
    private let ports: ExamplePorts
    private var problems: [String] = []
    private var files = 0

    private init() throws {
        self.shell = try PageShell()
        self.ports = try ExamplePorts()
    }

    /// Everything on a page that is not as it says, with its line.
    static func problems(in page: MarkdownPage) async throws -> [String] {
        var run = try PageRun()
        defer { run.shell.stop() }
        if !page.blocks.isEmpty, page.prose.contains(Self.needsFirstMinute) {
            let first = try MarkdownPage.read("README.md")
            try await run.follow(first.blocks.filter { Self.firstMinute.contains($0.heading) }, of: first)
        }
        try await run.follow(page.blocks, of: page)
        return run.problems
    }

    private mutating func follow(_ blocks: [MarkdownPage.Block], of page: MarkdownPage) async throws {
        for block in blocks {
            switch block.language {
            case "console":
                for command in try DocumentedCommand.all(in: block, of: page.path) { try await self.type(command) }
            case "yaml":
                try await self.write(DocumentedFile(block), place: "\(page.path):\(block.line)")
            case "", "text":
                break
            case "haproxy":
                // ExternalEdgeTests starts HAProxy with it, and runs the catalogue against it.
                break
            default:
                self.problems.append("\(page.path):\(block.line): nothing is known of '\(block.language)' blocks")
            }
        }
    }

    private mutating func type(_ documented: DocumentedCommand) async throws {
        if Self.notRun[documented.bare] != nil { return }
        let command = DocumentedCommand(
            text: self.ports.replaced(in: documented.text),
            output: documented.output.map(self.ports.replaced),
            page: documented.page,
            line: documented.line,
            isLast: documented.isLast
        )
        try await self.perform(command)
        if command.isLast {
            for server in try await self.shell.interrupt() {
                self.report(command, "and then Ctrl-C did not end what was running", server)
            }
        }
    }

    private mutating func perform(_ command: DocumentedCommand) async throws {
        if command.isServer {
            guard !command.output.isEmpty else {
                self.report(command, "does not say what it prints once it is up", nil)
                return
            }
            let failed = try await self.shell.serve(command.text) { command.missingLine(in: $0) == nil }
            if let failed { self.report(command, "did not print what the page says", failed) }
            return
        }
        let finished = try await self.shell.run(command.text)
        if (finished.status != 0) != command.mayFail {
            self.report(command, "ended with \(finished.status)", finished)
        } else if let line = command.missingLine(in: finished.output) {
            self.report(command, "did not print '\(line)'", finished)
        }
    }

    private mutating func report(_ command: DocumentedCommand, _ what: String, _ finished: PageShell.Finished?) {
        let printed = finished.map { "; it printed:\n\($0.output)" } ?? ""
        self.problems.append("\(command.page):\(command.line): `\(command.text)` \(what)\(printed)")
    }

    private mutating func write(_ file: DocumentedFile, place: String) async throws {
        guard let kind = file.kind else {
            self.problems.append("\(place): no program is known that reads such a file")
            return
        }
        self.files += 1
        let name = file.name ?? "block-\(self.files).yaml"
        let text = self.ports.replaced(in: file.text)
        let url = self.shell.current.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
        guard let check = DocumentedFile.check(kind, name: name) else { return }
        let finished = try await self.shell.run(check)
        guard finished.status == 0 else {
            self.problems.append("\(place): `\(check)` ended with \(finished.status):\n\(finished.output)")
            return
        }
    }
}
