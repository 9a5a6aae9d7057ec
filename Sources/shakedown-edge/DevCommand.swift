import ArgumentParser
import EdgeServer
import Foundation
import ProgramKit

/// `shakedown-edge dev`
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run an edge for this machine alone, which needs no configuration.",
        discussion: """
              shakedown-edge dev
              shakedown-edge dev --ssh 127.0.0.1:2222

            Makes a CA, certificates and an authtoken in a folder of its own, keeps them
            from one start to the next, and prints the lines that put a service online and
            ask it something. The edge.yaml in that folder is one to begin with.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Where all of it is kept (default: shakedown-edge below $XDG_STATE_HOME or ~/.local/state).",
            valueName: "folder"
        )
    )
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "Where clients connect (default: 127.0.0.1:8443); port 0 takes a free one.",
            valueName: "address:port"
        )
    )
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Where agents connect (default: 127.0.0.1:4443); port 0 takes a free one.",
            valueName: "address:port"
        )
    )
    var agents: String?

    @Option(
        help: ArgumentHelp(
            "Where SSH clients connect that forward a port in an agent's place (default: nowhere).",
            valueName: "address:port"
        )
    )
    var ssh: String?

    @Option(
        help: ArgumentHelp("Names below it can be served (default: shakedown.localhost).", valueName: "name")
    )
    var baseDomain: String?

    @OptionGroup
    var shared: SharedOptions

    func run() async throws {
        try await ShakedownEdge.reportingErrors {
            let path = try self.folder ?? PrivateFolder.usualPath(environment: ProcessInfo.processInfo.environment)
            let edge = try DevelopmentEdge(
                .init(listen: self.listen, agents: self.agents, baseDomain: self.baseDomain, ssh: self.ssh),
                in: try PrivateFolder(path),
                now: Int64(Date().timeIntervalSince1970)
            )
            try CheckedOutput.standardOutput.write(edge.news)
            try await ShakedownEdge.serve(edge.configuration, reread: { edge.configuration }) { [shared] ready in
                try CheckedOutput.standardOutput.write(edge.instructions(for: ready, agent: Self.agentProgram))
                try shared.report(ready)
            }
        }
    }

    /// The agent is beside this program: where that was started by a path, another terminal finds the agent by the same.
    private static var agentProgram: String {
        let agent = "shakedown-agent"
        guard let own = CommandLine.arguments.first, own.contains("/") else { return agent }
        return URL(filePath: own).deletingLastPathComponent().appending(path: agent).standardizedFileURL.path
    }
}
