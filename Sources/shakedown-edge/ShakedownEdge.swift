import ArgumentParser
import EdgeServer
import Logging
import ProgramKit
import ServiceLifecycle
import UnixSignals

@main
struct ShakedownEdge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shakedown-edge",
        abstract: "Run a self-hosted edge for TLS endpoints.",
        discussion: """
            EXAMPLE
              shakedown-edge --config edge.yaml

            where edge.yaml is at least

              version: 1
              listen: ["127.0.0.1:8443"]
              agents:
                listen: "127.0.0.1:4443"
                certificate: agents.pem
                key: agents.key
              accounts:
                - { name: dev, authtokens: [{ token: "choose-a-long-one" }] }
              base-domains: [shakedown.test]

            SIGHUP reads the certificates again. SIGTERM and SIGINT let open connections end, then stop the edge.
            """,
        version: "0.1.0"
    )

    @Option(help: "The configuration file.")
    var config: String

    @Option(help: "Write where everything listens, as JSON, once it does.")
    var readyFile: String?

    @Flag(help: "Check the configuration and its certificates, and start nothing.")
    var check = false

    func run() async throws {
        FreedMemory.limitHeaps()
        CheckedOutput.reportBrokenPipes()
        do {
            let configuration = try EdgeConfiguration.read(file: self.config)
            guard !self.check else {
                try Edge.check(configuration)
                try CheckedOutput.standardOutput.write("\(self.config) is good\n")
                return
            }
            try await self.serve(configuration)
        } catch {
            throw ExitCode(Complaint.report(error, program: "shakedown-edge", status: .failure).rawValue)
        }
    }

    private func serve(_ configuration: EdgeConfiguration) async throws {
        let output = try configuration.log.file.map { path throws(Complaint) in
            try CheckedOutput(appendingTo: path)
        }
        let handler = LineLogHandler(
            format: configuration.log.format,
            level: configuration.log.level,
            output: output ?? .standardError
        )
        let logger = Logger(label: "shakedown-edge") { _ in handler }
        if let shortfall = OpenFiles.reserve(configuration.limits.openFiles) {
            logger.warning(
                "the limit of open files is below what the configured connections need",
                metadata: [
                    "files.limit": "\(shortfall.limit)", "files.needed": "\(shortfall.needed)",
                    "limits.connections": "\(configuration.limits.connections)",
                ]
            )
        }
        let events = try configuration.events.map { destination throws(Complaint) in
            try EventWriter(destination, logger: logger)
        }
        let edge = try Edge(configuration, events: events, logger: logger) { [readyFile] ready in
            if let readyFile { try ReadyFile(path: readyFile).write(ready.json) }
        }
        // The services' own messages are about services; the edge says what matters to its operator.
        var quiet = logger
        quiet.logLevel = max(configuration.log.level, .warning)
        // Shut down backwards: the edge publishes its last events, then their writer ends.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let events {
            services.append(
                .init(service: events, successTerminationBehavior: .ignore, failureTerminationBehavior: .cancelGroup)
            )
        }
        services.append(
            .init(
                service: ReloadOnHangup(edge: edge),
                successTerminationBehavior: .ignore,
                failureTerminationBehavior: .cancelGroup
            )
        )
        services.append(
            .init(
                service: edge,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .cancelGroup
            )
        )
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        )
        try await group.run()
    }
}
