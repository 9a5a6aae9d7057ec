import ArgumentParser
import EdgeEvents
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
            EXAMPLES
              shakedown-edge dev
              shakedown-edge --config edge.yaml

            The first needs nothing: it makes a CA, certificates and an authtoken, and says
            how to use them. For the second, edge.yaml is at least

              version: 1
              listen: ["127.0.0.1:8443"]
              agents:
                listen: "127.0.0.1:4443"
                certificate: agents.pem
                key: agents.key
              accounts:
                - { name: dev, authtokens: [{ token: "choose-a-long-one" }] }
              base-domains: [shakedown.test]

            SIGHUP reads accounts and certificates again, and opens the files of log and events anew. SIGTERM
            and SIGINT let open connections end, then stop the edge.
            """,
        version: "0.1.0",
        subcommands: [RunCommand.self, DevCommand.self, StatusCommand.self],
        defaultSubcommand: RunCommand.self
    )

    /// Does what a command is for, and says what went wrong as every program of ours does.
    static func reportingErrors(_ body: () async throws -> Void) async throws {
        FreedMemory.limitHeaps()
        CheckedOutput.reportBrokenPipes()
        do {
            try await body()
        } catch {
            let status = await Complaint.reportInTime(error, program: "shakedown-edge", status: .failure)
            throw ExitCode(status.rawValue)
        }
    }

    /// Runs an edge until it is told to stop.
    ///
    /// - Parameters:
    ///   - reread: Reads the configuration again, at SIGHUP.
    ///   - whenReady: Called once everything listens.
    static func serve(
        _ configuration: EdgeConfiguration,
        reread: @escaping @Sendable () throws -> EdgeConfiguration,
        whenReady: @escaping @Sendable (ListeningAddresses) throws -> Void
    ) async throws {
        let log = LineWriter.log(to: try Self.logOutput(configuration.log), format: configuration.log.format)
        do {
            try await self.serve(configuration, reread: reread, log: log, whenReady: whenReady)
        } catch {
            await log.finish()
            throw error
        }
        await log.finish()
    }

    private static func logOutput(_ settings: EdgeConfiguration.LogSettings) throws(Complaint) -> CheckedOutput {
        guard let path = settings.file else { return .standardError }
        return try CheckedOutput(appendingTo: path)
    }

    private static func serve(
        _ configuration: EdgeConfiguration,
        reread: @escaping @Sendable () throws -> EdgeConfiguration,
        log: LineWriter,
        whenReady: @escaping @Sendable (ListeningAddresses) throws -> Void
    ) async throws {
        let handler = LineLogHandler(format: configuration.log.format, level: configuration.log.level, output: log)
        let logger = Logger(label: "shakedown-edge") { _ in handler }
        if let shortfall = OpenFiles.reserve(
            configuration.ssh == nil ? configuration.limits.openFiles : configuration.limits.openFilesWithSSH
        ) {
            logger.warning(
                "the limit of open files is below what the configured connections need",
                metadata: [
                    "files.limit": "\(shortfall.limit)", "files.needed": "\(shortfall.needed)",
                    "limits.connections": "\(configuration.limits.connections)",
                ]
            )
        }
        let edge = try Edge(configuration, log: log, logger: logger, whenReady: whenReady)
        // The services' own messages are about services; the edge says what matters to its operator.
        var quiet = logger
        quiet.logLevel = max(configuration.log.level, .warning)
        // Shut down backwards: the edge publishes its last events, then what delivers them ends.
        let services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: edge.events,
                successTerminationBehavior: .ignore,
                failureTerminationBehavior: .cancelGroup
            ),
            .init(
                service: ReloadOnHangup(edge: edge, log: log, reread: reread),
                successTerminationBehavior: .ignore,
                failureTerminationBehavior: .cancelGroup
            ),
            .init(
                service: edge,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .cancelGroup
            ),
        ]
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        )
        try await group.run()
    }
}
