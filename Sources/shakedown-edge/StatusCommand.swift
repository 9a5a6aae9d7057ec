import ArgumentParser
import EdgeAPI
import EdgeAPIClient
import Foundation
import ProgramKit

/// `shakedown-edge status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what an account has online at an edge that runs.",
        discussion: """
              shakedown-edge status --api http://127.0.0.1:4041 --api-key-file key

            Asks the edge's API. The key is one of the account's api-keys.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Where the API is (default: $SHAKEDOWN_EDGE_API, else http://127.0.0.1:4041).",
            valueName: "url"
        )
    )
    var api: String?

    @Option(
        help: ArgumentHelp(
            "The key (default: $SHAKEDOWN_EDGE_API_KEY). Others on this machine can see it.",
            valueName: "key"
        )
    )
    var apiKey: String?

    @Option(help: ArgumentHelp("A file that has the key.", valueName: "file"))
    var apiKeyFile: String?

    @Flag(help: "Print the API's answer, which is JSON.")
    var json = false

    func validate() throws {
        if self.apiKey != nil, self.apiKeyFile != nil {
            throw ValidationError("Give --api-key or --api-key-file, and not both.")
        }
    }

    func run() async throws {
        try await ShakedownEdge.reportingErrors {
            let answer = try await EdgeAPIConnection(url: self.url, key: try self.key()).send("GET", "/status")
            guard !self.json else {
                try CheckedOutput.standardOutput.write(String(decoding: answer, as: UTF8.self) + "\n")
                return
            }
            let status: EdgeStatus
            do {
                status = try EdgeStatus(reading: answer)
            } catch {
                throw Complaint("what answers at \(self.url) is no API of this edge")
            }
            try CheckedOutput.standardOutput.write(StatusTable.text(status))
        }
    }

    private var url: String { self.api ?? EdgeAPIConnection.usualURL(ProcessInfo.processInfo.environment) }

    private func key() throws -> String {
        if let apiKey { return apiKey }
        if let apiKeyFile {
            do {
                let text = try String(contentsOf: URL(filePath: apiKeyFile), encoding: .utf8)
                return text.trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw Complaint(
                    "the key cannot be read from \(apiKeyFile): \(Reason.text(of: error))",
                    exitStatus: .usage
                )
            }
        }
        if let key = ProcessInfo.processInfo.environment["SHAKEDOWN_EDGE_API_KEY"] { return key }
        throw Complaint(
            "there is no API key",
            hint: "pass --api-key-file, or set SHAKEDOWN_EDGE_API_KEY",
            exitStatus: .usage
        )
    }
}
