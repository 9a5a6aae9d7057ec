import AgentClient
import ArgumentParser
import ConfigurationFiles
import EdgeAPIClient
import EdgeAPIDescription
import Foundation
import JSONText
import ProgramKit

/// `shakedown-agent api reserved-domains list`
struct EdgeAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Asks the edge's API: what an account has, and has online.",
        discussion: """
              shakedown-agent api
              shakedown-agent api reserved-domains list
              shakedown-agent api reserved-domains create --domain app.example.com
              shakedown-agent api edges tls create --json edge.json

            Without a command it lists them all. Prints the API's answer, which is JSON.
            """
    )

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("What to ask, and flags.", valueName: "command"))
    var words: [String] = []

    func run() async throws {
        let table = try APICommandTable(try JSONValue(reading: EdgeAPIDescription.text))
        switch try table.read(self.words, readJSON: Self.json) {
        case .help(let text): try CheckedOutput.standardOutput.write(text)
        case .request(let line): try await Self.ask(line)
        }
    }

    private static func ask(_ line: APICommandLine) async throws {
        let environment = ProcessInfo.processInfo.environment
        var flags = AgentSettings()
        flags.apiKey = line.options.apiKey
        let settings = AgentSettings(
            files: try AgentFile.read(line.options.config),
            environment: environment,
            flags: flags
        )
        guard let key = settings.apiKey else {
            throw Complaint(
                "there is no API key",
                hint: "set SHAKEDOWN_API_KEY, pass --api-key, or add api_key to the file that --config names",
                exitStatus: .usage
            )
        }
        let api = try EdgeAPIConnection(
            url: line.options.url ?? EdgeAPIConnection.usualURL(environment),
            key: key.revealed
        )
        let answer = try await api.send(line.command.method, line.address, body: line.body)
        guard !answer.isEmpty else { return }
        guard let value = try? JSONValue(reading: answer) else {
            throw Complaint("what answers there is no API of an edge")
        }
        try CheckedOutput.standardOutput.write(value.indented + "\n")
    }

    @Sendable private static func json(_ path: String) throws(ConfigurationError) -> JSONValue {
        let name = path == "-" ? "/dev/stdin" : path
        do {
            return try JSONValue(reading: try TextFile.bytes(name, what: "body"))
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError("the body in \(path) is no JSON: \(error)")
        }
    }
}
