import ArgumentParser
import EdgeServer
import ProgramKit

/// `shakedown-edge --config edge.yaml`; the word `run` may be left out.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the edge of a configuration file.",
        discussion: """
              shakedown-edge --config edge.yaml
              shakedown-edge --config edge.yaml --check
            """
    )

    @Option(help: "The configuration file.")
    var config: String

    @OptionGroup
    var shared: SharedOptions

    @Flag(help: "Check the configuration and its certificates, and start nothing.")
    var check = false

    func run() async throws {
        try await ShakedownEdge.reportingErrors {
            let configuration = try EdgeConfiguration.read(file: self.config)
            guard !self.check else {
                try Edge.check(configuration)
                try CheckedOutput.standardOutput.write("\(self.config) is good\n")
                return
            }
            try await ShakedownEdge.serve(
                configuration,
                reread: { [config] in try EdgeConfiguration.read(file: config) },
                whenReady: { [shared] in try shared.report($0) }
            )
        }
    }
}
