import ArgumentParser
import AsyncHTTPClient
import EdgeAPI
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
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
            let answer = try await self.ask(try self.url(), key: try self.key())
            guard !self.json else {
                try CheckedOutput.standardOutput.write(String(decoding: answer, as: UTF8.self) + "\n")
                return
            }
            let status: EdgeStatus
            do {
                status = try EdgeStatus(reading: answer)
            } catch {
                throw Complaint("what answers at \(try self.url()) is no API of this edge")
            }
            try CheckedOutput.standardOutput.write(StatusTable.text(status))
        }
    }

    private func url() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let url = self.api ?? environment["SHAKEDOWN_EDGE_API"] ?? "http://127.0.0.1:4041"
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw Complaint("'\(url)' is no URL", hint: "write http://127.0.0.1:4041", exitStatus: .usage)
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

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

    /// One answer is a few hundred rows.
    private static let answerLimit = 4 << 20

    private func ask(_ url: String, key: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: "\(url)/status")
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        request.headers.add(name: "Ngrok-Version", value: "2")
        let status: UInt
        let body: [UInt8]
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            status = response.status.code
            body = Array(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
        } catch {
            throw Complaint(
                "the API at \(url) cannot be reached: \(Self.reason(error))",
                hint: "is the edge running, and has its configuration 'api'?"
            )
        }
        guard status == 200 else {
            let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(body))
            throw Complaint("the API at \(url) refuses: \(refusal?.msg ?? "status \(status)")")
        }
        return body
    }

    /// Of the libraries' own words for it a person wants the system's alone.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { Self.reason($0.error) } ?? "it has no address"
        case let error as IOError: Reason.text(ofErrno: error.errnoCode)
        default: Reason.text(of: error)
        }
    }

    private struct Refusal: Decodable {
        let msg: String
    }
}
