package import Foundation
import ScenarioModel
package import Verdicts

/// SARIF 2.1.0 (OASIS), for code scanning: one result for each case that broke a security invariant.
///
/// What else failed is a matter of conformance, and not of security, and stays out. A file without results says that nothing
/// broke, and closes what an earlier one opened.
package enum SARIFWriter {
    package static func render(_ report: RunReport) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(SARIFLog(RunDigest(report)))
    }
}

/// The part of SARIF's object model that is written, with its names (section 3).
private struct SARIFLog: Encodable {
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    let version = "2.1.0"
    var runs: [Run]

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    struct Message: Encodable { var text: String }

    struct Run: Encodable {
        var tool: Tool
        var invocations: [Invocation]
        var results: [Result]
        var properties: [String: String]
    }

    struct Tool: Encodable { var driver: Driver }

    struct Driver: Encodable {
        var name: String
        var version: String
        var rules: [Rule]
    }

    struct Rule: Encodable {
        var id: String
        var shortDescription: Message
        var properties: Properties

        struct Properties: Encodable {
            var tags = ["security"]
            /// Where GitHub sorts it: 7.0 to 8.9 is "high".
            var severity = "8.0"

            private enum CodingKeys: String, CodingKey {
                case tags
                case severity = "security-severity"
            }
        }
    }

    struct Invocation: Encodable {
        var commandLine: String
        var executionSuccessful: Bool
        var startTimeUtc: String
    }

    struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int
        var level = "error"
        var message: Message
        var locations: [Location]
        var partialFingerprints: [String: String]
        var suppressions: [Suppression]?
        var properties: [String: String]
    }

    struct Location: Encodable {
        var physicalLocation: PhysicalLocation

        struct PhysicalLocation: Encodable {
            var artifactLocation: Artifact
            var region: Region
        }

        struct Artifact: Encodable { var uri: String }
        struct Region: Encodable { var startLine: Int }
    }

    struct Suppression: Encodable {
        let kind = "external"
        var justification: String
    }
}

extension SARIFLog {
    init(_ digest: RunDigest) {
        let report = digest.report
        let results = report.results.compactMap { Result($0, digest: digest) }
        self.runs = [
            Run(
                tool: Tool(
                    driver: Driver(
                        name: report.tool.name,
                        version: report.tool.version,
                        rules: Invariant.all.map { Rule($0) }
                    )
                ),
                invocations: [
                    Invocation(
                        commandLine: report.command,
                        // What SARIF asks is whether the tool did its work, and not what it found.
                        executionSuccessful: !report.isInterrupted && report.exitCode != 70,
                        startTimeUtc: Timestamp(report.startedAt).withoutZone + "Z"
                    )
                ],
                results: results,
                properties: [
                    "target": SafeText.terminal("\(report.target.title) \(report.target.version)"), "seed": report.seed,
                ]
            )
        ]
    }
}

extension SARIFLog.Rule {
    init(_ invariant: Invariant) {
        let meaning = invariant.meaning
        self.id = invariant.name
        self.shortDescription = SARIFLog.Message(text: meaning.prefix(1).uppercased() + meaning.dropFirst() + ".")
        self.properties = Properties()
    }
}

extension SARIFLog.Result {
    fileprivate init?(_ result: CaseResult, digest: RunDigest) {
        guard let invariant = result.verdict.brokenInvariant, let index = Invariant.all.firstIndex(of: invariant) else {
            return nil
        }
        let scenario = digest.scenario(of: result)
        self.ruleId = invariant.name
        self.ruleIndex = index
        let target = SafeText.terminal("\(digest.report.target.title) \(digest.report.target.version)")
        self.message = SARIFLog.Message(
            text:
                "\(target): \(invariant.meaning). \(SafeText.terminal(result.verdict.summary)) Replay: \(result.replay)"
        )
        // What broke is a product without a line here; the scenario says what was done to it.
        let file = scenario?.file ?? ""
        self.locations = [
            SARIFLog.Location(
                physicalLocation: .init(
                    artifactLocation: .init(uri: Self.uri(file.isEmpty ? "Scenarios" : file)),
                    region: .init(startLine: max(1, scenario?.line ?? 1))
                )
            )
        ]
        self.partialFingerprints = ["case/v1": "\(digest.report.target.name) \(result.testCase.id)"]
        self.suppressions =
            result.verdict.outcome == .expectedFail
            ? [SARIFLog.Suppression(justification: result.verdict.waiver?.reason ?? "it is known")] : nil
        self.properties = ["case": result.testCase.id, "outcome": result.verdict.outcome.rawValue]
    }

    private static func uri(_ path: String) -> String {
        path.hasPrefix("/")
            ? URL(fileURLWithPath: path).absoluteString
            : path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    }
}
