import AgentClient
import ArgumentParser
import ConfigurationFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The flags of every command that connects to an edge. What is not given here comes from the environment, then from the files.
struct EdgeOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The edge's address for agents (default: 127.0.0.1:4443).", valueName: "host:port"))
    var serverAddr: String?

    @Option(
        help: ArgumentHelp("The CAs of the edge: a PEM file, or 'host' for the system's (default).", valueName: "file")
    )
    var rootCas: String?

    @Option(
        help: ArgumentHelp(
            "A proxy on the way to the edge: http://[user:password@]host:port or socks5://…; empty for none.",
            valueName: "url"
        )
    )
    var proxyUrl: String?

    @Option(
        help: ArgumentHelp(
            "A configuration file, or several with commas; may be repeated, and a later one wins.",
            valueName: "file"
        )
    )
    var config: [String] = []

    /// - Parameter flags: What a command's own flags say.
    func settings(_ flags: AgentSettings = AgentSettings()) throws -> AgentSettings {
        var flags = flags
        flags.serverAddress = self.serverAddr
        flags.rootCAs = self.rootCas
        flags.proxyURL = self.proxyUrl.map { Secret($0) }
        return AgentSettings(
            files: try AgentFile.read(self.config),
            environment: ProcessInfo.processInfo.environment,
            flags: flags
        )
    }
}
