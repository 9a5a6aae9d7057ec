import AgentClient
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@main
struct ShakedownAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shakedown-agent",
        abstract: "Puts a TLS service of this machine online at a shakedown edge.",
        discussion: """
            A service on port 8443 that has its own certificate, under a name of its own:

              shakedown-agent tls 8443 --domain app.example.com \\
                --server-addr edge.example.com:4443 --authtoken TOKEN

            Several tunnels from a file:

              shakedown-agent start --all --config agent.yaml
            """,
        version: "0.1.0",
        subcommands: [TLSCommand.self, StartCommand.self, ConfigCommand.self]
    )

    /// Prints our own errors as every shakedown program does, and leaves the parser's to the parser.
    static func main() async {
        do {
            var command = try self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ConfigurationError {
            self.fail(error.message, hint: error.hint)
        } catch let refusal as AgentRefusal {
            self.fail("\(refusal)", hint: nil)
        } catch let untrusted as UntrustedEdge {
            self.fail("\(untrusted)", hint: untrusted.hint)
        } catch {
            self.exit(withError: error)
        }
    }

    private static func fail(_ message: String, hint: String?) -> Never {
        LogOutput.standardError.write("shakedown-agent: error: \(message)")
        if let hint {
            LogOutput.standardError.write("hint: \(hint)")
        }
        #if canImport(Glibc)
        Glibc.exit(1)
        #elseif canImport(Musl)
        Musl.exit(1)
        #else
        Darwin.exit(1)
        #endif
    }
}
