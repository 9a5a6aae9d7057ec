package import ConfigurationFiles

/// An agent.yaml: ngrok's configuration file of version 2 or 3, as far as TLS tunnels, labelled tunnels and TLS endpoints go.
///
/// Unknown keys are refused with their place. Paths are relative to the folder of the file.
package enum AgentFile {
    /// Reads files in order; a later one wins over an earlier one.
    ///
    /// - Parameter paths: Each may be several, with commas between them, as ngrok's agent takes them.
    package static func read(_ paths: [String]) throws(ConfigurationError) -> AgentSettings {
        var settings = AgentSettings()
        for path in paths.flatMap({ $0.split(separator: ",") }).map(String.init) {
            settings = settings.overridden(
                by: try Self.parse(try TextFile.read(path, what: "configuration"), file: path)
            )
        }
        return settings
    }

    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> AgentSettings {
        try AgentFileParser(file: file).settings(
            try YAMLValue.parse(text, file: file, start: "'version: 2'")
        )
    }
}
