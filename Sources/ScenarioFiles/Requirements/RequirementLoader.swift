import ConfigurationFiles
import Foundation
package import ScenarioModel

/// Reads what the specifications demand, and ties it to the catalogue in both directions: a requirement names the scenarios
/// that check it, and every scenario of a specification's rule is named by a requirement of that place.
///
/// Neither tie can rot: a glob that names no scenario is a problem, and so is a rule that no requirement has.
package struct RequirementLoader: Sendable {
    /// The folder of the catalogue that holds no scenarios but these files.
    package static let folderName = "Requirements"

    private let scenarios: [Scenario]

    /// - Parameter scenarios: The whole catalogue.
    package init(scenarios: [Scenario]) { self.scenarios = scenarios }

    /// Loads every `*.yaml` of a folder, in the order of their names.
    ///
    /// - Throws: ``ScenarioFileError`` with every problem of every file.
    package func load(folder: String) throws(ScenarioFileError) -> [RequirementList] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ScenarioFileError(problems: [
                ConfigurationError("the folder cannot be read", at: Place(file: folder))
            ])
        }
        let log = ProblemLog()
        var files: [(text: String, file: String)] = []
        for name in names.filter({ $0.hasSuffix(".yaml") }).sorted() {
            do throws(ConfigurationError) {
                files.append((try TextFile.read("\(folder)/\(name)", what: "list"), "\(folder)/\(name)"))
            } catch {
                log.report([error])
            }
        }
        return try self.load(files, folder: folder, log)
    }

    /// Reads texts of files, as ``load(folder:)`` would.
    package func load(texts: [(text: String, file: String)]) throws(ScenarioFileError) -> [RequirementList] {
        try self.load(texts, folder: Self.folderName, ProblemLog())
    }

    private func load(
        _ files: [(text: String, file: String)],
        folder: String,
        _ log: ProblemLog
    ) throws(ScenarioFileError) -> [RequirementList] {
        let scenarios = self.scenarios.map(\.id)
        let ids = RequirementIDs()
        var lists: [RequirementList] = []
        var fileOfDocument: [Rule.Document: String] = [:]
        for (text, file) in files {
            let reader = RequirementListReader(
                reading: Reading(file: file, log: log),
                scenarios: scenarios,
                ids: ids
            )
            do throws(ConfigurationError) {
                guard let list = reader.list(try YAMLNode.parse(text, file: file)) else { continue }
                if let other = fileOfDocument.updateValue(file, forKey: list.document) {
                    log.report("\(list.document) has a list already: \(other)", at: Place(file: file))
                }
                lists.append(list)
            } catch {
                log.report([error])
            }
        }
        // Where a list could not be read, rules may be missing that are in it.
        if log.isEmpty { self.reportUntied(lists, folder: folder, log) }
        guard log.isEmpty else { throw ScenarioFileError(problems: log.problems) }
        return lists
    }

    private func reportUntied(_ lists: [RequirementList], folder: String, _ log: ProblemLog) {
        var tied: Set<Tie> = []
        for requirement in lists.flatMap(\.requirements) {
            for scenario in requirement.scenarios { tied.insert(Tie(rule: requirement.rule, scenario: scenario)) }
        }
        for scenario in self.scenarios where scenario.rule.origin.isOfSpecification {
            guard !tied.contains(Tie(rule: scenario.rule, scenario: scenario.id)) else { continue }
            let rule = scenario.rule
            log.report(
                "'\(scenario.id)' checks a rule (\(rule.document) section \(rule.section), \(rule.level.rawValue)) of "
                    + "which \(folder) has no requirement that names it",
                at: Place(file: scenario.file, line: scenario.line, column: 1)
            )
        }
    }

    private struct Tie: Hashable {
        var rule: Rule
        var scenario: String
    }
}

extension Rule.Origin {
    /// Whether its rules are sentences of a document that others wrote.
    fileprivate var isOfSpecification: Bool {
        switch self {
        case .rfc, .proxyProtocol: true
        case .features, .ngrok, .house: false
        }
    }
}
