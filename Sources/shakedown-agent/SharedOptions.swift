import AgentAPI
import AgentClient
import ArgumentParser
import ConfigurationFiles
import Logging
import ProgramKit
import ServiceLifecycle
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The flags of every command that starts an agent. What is not given here comes from the environment, then from the files.
struct SharedOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp("The account's token; also SHAKEDOWN_AUTHTOKEN and NGROK_AUTHTOKEN.", valueName: "token")
    )
    var authtoken: String?

    @OptionGroup
    var edge: EdgeOptions

    @Option(help: ArgumentHelp("Where log lines go: stdout, stderr (default) or a file.", valueName: "place"))
    var log: String?

    @Option(help: "How log lines look: term (default), logfmt or json.")
    var logFormat: LogFormat?

    @Option(
        help: ArgumentHelp(
            "The least level that is logged: trace, debug, info (default), notice, warning, error, critical.",
            valueName: "level"
        ),
        transform: SharedOptions.level
    )
    var logLevel: Logger.Level?

    @Option(
        help: ArgumentHelp(
            "Where the local API and the status page listen, such as 127.0.0.1:4040 (default: nowhere).",
            valueName: "host:port"
        )
    )
    var webAddr: String?

    @Option(
        help: ArgumentHelp(
            "A host name, .suffix, IP address or CIDR block by which the local API may be asked for; may be repeated.",
            valueName: "host"
        )
    )
    var webAllowHosts: [String] = []

    @Option(
        help: ArgumentHelp("Write this JSON file once every tunnel is online.", valueName: "file")
    )
    var readyFile: String?

    @Sendable
    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("There is no log level '\(text)'.")
        }
        return level
    }

    func settings() throws -> AgentSettings {
        var flags = AgentSettings()
        flags.authtoken = self.authtoken.map { Secret($0) }
        flags.webAddress = try self.webAddr.map { try WebAddress($0) }
        flags.webAllowedHosts = self.webAllowHosts.isEmpty ? nil : try AllowedHosts(self.webAllowHosts)
        flags.log = self.log
        flags.logFormat = self.logFormat
        flags.logLevel = self.logLevel
        return try self.edge.settings(flags)
    }

    /// One for each connection: as many at once as nearly every system allows without being asked.
    private static let openFiles = 1_024

    /// Runs until it is told to stop, by its machine or by the edge, or the edge refuses.
    ///
    /// - Parameter tunnels: those of what was read, at first, at every SIGHUP, and when the edge has the agent restart.
    func run(tunnels: @escaping @Sendable (AgentSettings) throws -> [TunnelSettings]) async throws {
        let settings = try self.settings()
        let configuration = try AgentConfiguration(settings, tunnels: try tunnels(settings))
        let reread: @Sendable () throws -> AgentConfiguration = {
            let settings = try self.settings()
            return try AgentConfiguration(settings, tunnels: try tunnels(settings))
        }
        let format = settings.logFormat ?? .term
        let console = try Console.isWanted(settings) ? ConsoleLog() : nil
        // Lines would break the screen; a file gets them all the same.
        let place = settings.log ?? (console == nil ? "stderr" : "/dev/null")
        let log = LineWriter.log(to: try CheckedOutput.named(place), format: format)
        let handler = LineLogHandler(format: format, level: settings.logLevel ?? .info, output: log)
        let logger = Logger(label: "shakedown-agent") { _ -> any LogHandler in
            guard let console else { return handler }
            return MultiplexLogHandler([handler, console.handler])
        }
        do {
            try await self.run(configuration, settings, reread: reread, console, log: log, logger: logger)
        } catch {
            await log.finish()
            throw error
        }
        await log.finish()
    }

    private func run(
        _ configuration: AgentConfiguration,
        _ settings: AgentSettings,
        reread: @escaping @Sendable () throws -> AgentConfiguration,
        _ console: ConsoleLog?,
        log: LineWriter,
        logger: Logger
    ) async throws {
        if let shortfall = OpenFiles.reserve(Self.openFiles) {
            logger.warning(
                "the limit of open files is low: connections beyond it wait or fail",
                metadata: ["files.limit": "\(shortfall.limit)", "files.needed": "\(shortfall.needed)"]
            )
        }
        let agent = Agent(
            configuration: configuration,
            reread: reread,
            readyFile: self.readyFile.map { ReadyFile(path: $0) },
            logger: logger
        )
        let reload = ReloadOnHangup(
            wanted: agent.wanted,
            read: { try reread().tunnels },
            log: log,
            logger: logger
        )
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: reload, successTerminationBehavior: .ignore, failureTerminationBehavior: .cancelGroup),
            agent.inGroup,
        ]
        if let address = settings.webAddress?.address {
            let local = LocalAPI(
                at: address,
                hosts: settings.webAllowedHosts ?? AllowedHosts(),
                control: agent.control,
                facts: AgentFacts(configuration, settings, startedAt: Date()),
                logger: logger
            )
            services.append(.init(service: local, successTerminationBehavior: .ignore))
        }
        if let console {
            // Behind the agent, so that the terminal is the shell's again before the agent waits for its connections.
            let color = settings.consoleColor ?? .black
            let service = Console(log: console, tunnels: agent.wanted, color: color)
            services.append(.init(service: service, successTerminationBehavior: .ignore))
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}

extension LogFormat: ExpressibleByArgument {}
