import ArgumentParser
import ProgramKit

@main
struct ShakedownAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shakedown-agent",
        abstract: "Puts a TLS service of this machine online at a shakedown edge.",
        discussion: """
            A service on port 8443 that has its own certificate, under a name of its own:

              shakedown-agent tls 8443 --domain app.example.com \\
                --server-addr edge.example.com:4443 --authtoken TOKEN

            A service among those of a TLS edge, which has the name:

              shakedown-agent tunnel 8080 --label team=web --server-addr edge.example.com:4443 --authtoken TOKEN

            Several tunnels from a file:

              shakedown-agent start --all --config agent.yaml
            """,
        version: "0.1.0",
        subcommands: [
            TLSCommand.self, TunnelCommand.self, StartCommand.self, DiagnoseCommand.self, ConfigCommand.self,
            ServiceCommand.self, EdgeAPICommand.self,
        ]
    )

    /// Prints our own errors as every shakedown program does, and leaves the parser's to the parser.
    static func main() async {
        FreedMemory.limitHeaps()
        CheckedOutput.reportBrokenPipes()
        do {
            var command = try self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as any ExplainedError {
            let status = await Complaint.reportInTime(error, program: "shakedown-agent", status: .failure)
            self.exit(withError: ExitCode(status.rawValue))
        } catch {
            self.exit(withError: error)
        }
    }
}
