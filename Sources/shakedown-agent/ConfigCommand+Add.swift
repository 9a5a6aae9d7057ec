import AgentClient
import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit

/// The commands that put one value into a file.
extension ConfigCommand {
    struct AddAuthtoken: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-authtoken",
            abstract: "Puts the account's token into a file, which is made where it is not there.",
            discussion: "  shakedown-agent config add-authtoken TOKEN --config agent.yaml"
        )

        @Argument(help: "The token.")
        var token: String

        @OptionGroup
        var place: EditedFile

        func run() throws { try self.place.set(.authtoken, to: self.token, as: "authtoken") }
    }

    struct AddAPIKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-api-key",
            abstract: "Puts a key of the edge's API into a file, for 'shakedown-agent api'.",
            discussion: "  shakedown-agent config add-api-key KEY --config agent.yaml"
        )

        @Argument(help: "The key.")
        var key: String

        @OptionGroup
        var place: EditedFile

        func run() throws { try self.place.set(.apiKey, to: self.key, as: "API key") }
    }

    struct AddServerAddress: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-server-addr",
            abstract: "Puts the edge's address for agents into a file.",
            discussion: "  shakedown-agent config add-server-addr edge.example.com:4443 --config agent.yaml",
            aliases: ["add-connect-url"]
        )

        @Argument(help: ArgumentHelp("The address.", valueName: "host:port"))
        var address: String

        @OptionGroup
        var place: EditedFile

        func run() throws { try self.place.set(.serverAddress, to: self.address, as: "server address") }
    }
}

/// The one file that a command changes.
struct EditedFile: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String

    /// Its text; `nil` where there is no file.
    func read() throws -> AgentFileText? {
        guard FileManager.default.fileExists(atPath: self.config) else { return nil }
        return try AgentFileText(try TextFile.read(self.config, what: "configuration"), file: self.config)
    }

    /// Puts a text in its place in one step. Nobody but its owner reads it: it has secrets.
    func write(_ text: String) throws {
        // A link stays one, and what it leads to is replaced.
        let path = URL(filePath: self.config).resolvingSymlinksInPath().path
        try WholeFile.write(Array(text.utf8), to: path, mode: 0o600)
    }

    func set(_ option: AgentFileText.Option, to value: String, as name: String) throws {
        let text: AgentFileText
        if var present = try self.read() {
            try present.set(option, to: value)
            text = present
        } else {
            text = try AgentFileText.new(option, value, file: self.config)
        }
        try self.write(text.text)
        try CheckedOutput.standardOutput.write("\(self.config): the \(name) is in\n")
    }
}
