import Addresses
import AgentAPI
import AgentClient
import ConfigurationFiles
import Logging
import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AgentFacts {
    /// The options as they count, with their defaults, in the words of the file's version 2. The authtoken and the API key are not
    /// among them.
    init(_ configuration: AgentConfiguration, _ settings: AgentSettings, startedAt: Date) {
        let options: [(name: String, value: String?)] = [
            ("server_addr", "\(configuration.server)"), ("root_cas", settings.rootCAs ?? "host"),
            ("heartbeat_interval", DurationText.write(configuration.edge.heartbeatInterval)),
            ("heartbeat_tolerance", DurationText.write(configuration.edge.heartbeatTolerance)),
            ("connect_timeout", DurationText.write(configuration.edge.connectTimeout)),
            ("handshake_timeout", DurationText.write(configuration.handshakeTimeout)),
            ("metadata", settings.metadata), ("remote_management", "\(settings.remoteManagement ?? true)"),
            ("web_addr", settings.webAddress?.address?.description), ("log", settings.log ?? "stderr"),
            ("log_level", settings.logLevel?.rawValue ?? "info"),
            ("log_format", settings.logFormat?.rawValue ?? "term"),
        ]
        self.init(
            server: "\(configuration.server)",
            startedAt: startedAt,
            options: options.compactMap { option in option.value.map { (option.name, $0) } },
            handshakeTimeout: configuration.handshakeTimeout
        )
    }
}
