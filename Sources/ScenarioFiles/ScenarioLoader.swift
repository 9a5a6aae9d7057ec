import ConfigurationFiles
import Dispatch
import Foundation
package import ScenarioModel
import Synchronization

/// Reads scenario files into scenarios with all their cases.
///
/// Loading is deterministic: files in the order of their paths, scenarios and cases in the order of the file, and the
/// same names for the same case in every process.
package struct ScenarioLoader: Sendable {
    /// Every endpoint's name lies below it.
    package var baseDomain: String
    /// The certificate recipes a scenario may name; `nil` checks none.
    package var recipes: Set<String>?
    /// What the endpoints of a case are called, by their keys, where their names are not ours to choose; the others get names
    /// of their own.
    package var naming: Naming?
    /// The programs that clients of the engine `program` are, each in cases of its own. Without any, scenarios whose clients
    /// are programs have no cases.
    package var programs: [String]

    package typealias Naming = @Sendable (_ caseID: String, _ endpoints: [EndpointPlan]) -> [String: String]

    package init(
        baseDomain: String = "shakedown.test",
        recipes: Set<String>? = nil,
        naming: Naming? = nil,
        programs: [String] = []
    ) {
        self.baseDomain = baseDomain
        self.recipes = recipes
        self.naming = naming
        self.programs = programs
    }

    /// Loads files, and every `*.yaml` below folders; those called `Clients`, `Targets` and
    /// `Requirements` hold no scenarios.
    ///
    /// - Throws: ``ScenarioFileError`` with every problem of every file.
    package func load(paths: [String]) throws -> [Scenario] {
        let log = ProblemLog()
        var scenarios: [Scenario] = []
        let files = self.files(at: paths, log)
        // Files know nothing of each other, so every core reads some.
        let contents = Mutex<[(scenarios: [Scenario], problems: [ConfigurationError])]>(
            Array(repeating: ([], []), count: files.count)
        )
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            let content = self.content(of: files[index])
            contents.withLock { $0[index] = content }
        }
        for content in contents.withLock({ $0 }) {
            scenarios += content.scenarios
            log.report(content.problems)
        }
        return try self.checked(scenarios, log)
    }

    private func content(of file: String) -> (scenarios: [Scenario], problems: [ConfigurationError]) {
        let log = ProblemLog()
        do {
            return (self.scenarios(in: try TextFile.read(file, what: "scenario"), file: file, log), log.problems)
        } catch {
            return ([], [error])
        }
    }

    /// Reads one file's text, as ``load(paths:)`` would.
    package func load(text: String, file: String) throws -> [Scenario] {
        let log = ProblemLog()
        return try self.checked(self.scenarios(in: text, file: file, log), log)
    }

    /// What is not to be read as scenarios below a folder that is.
    private static let otherFolders: Set = ["Clients", "Targets", RequirementLoader.folderName]

    private func files(at paths: [String], _ log: ProblemLog) -> [String] {
        var files: [String] = []
        for path in paths {
            let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let type: FileAttributeType?
            do {
                type = try FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
            } catch {
                log.report("there is no such file or folder", at: Place(file: path))
                continue
            }
            guard type == .typeDirectory else {
                files.append(path)
                continue
            }
            let base = path.hasSuffix("/") ? String(path.dropLast()) : path
            guard let names = FileManager.default.enumerator(atPath: resolved) else {
                log.report("the folder cannot be read", at: Place(file: path))
                continue
            }
            var found: [String] = []
            for case let name as String in names where name.hasSuffix(".yaml") {
                let folders = name.split(separator: "/").dropLast()
                if folders.allSatisfy({ !Self.otherFolders.contains(String($0)) }) { found.append("\(base)/\(name)") }
            }
            if found.isEmpty { log.report("the folder has no scenario (*.yaml)", at: Place(file: path)) }
            files += found.sorted()
        }
        return files
    }

    private func scenarios(in text: String, file: String, _ log: ProblemLog) -> [Scenario] {
        let reading = Reading(file: file, log: log)
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(text, file: file)
        } catch {
            log.report([error])
            return []
        }
        var nodes = [root]
        var defaults: YAMLNode?
        if case .mapping(let members) = root.content, !members.contains(where: { $0.key.scalar == "id" }) {
            guard let object = ObjectReader(root, Grammar.file, reading),
                let list = object.required("scenarios", in: "a file of several scenarios")
            else { return [] }
            nodes = reading.elements(list)
            defaults = object.node("defaults")
        }
        let reader = ScenarioReader(
            file: file,
            log: log,
            baseDomain: self.baseDomain,
            recipes: self.recipes,
            naming: self.naming,
            programs: self.programs,
            defaults: defaults
        )
        let scenarios = nodes.compactMap { reader.scenario($0) }
        reader.reportUnmatched()
        return scenarios
    }

    /// What only the whole catalogue shows: ids and names that stand twice.
    private func checked(_ scenarios: [Scenario], _ log: ProblemLog) throws -> [Scenario] {
        var firstByID: [String: Scenario] = [:]
        var caseIDs: Set<String> = []
        var caseByDomain: [String: String] = [:]
        for scenario in scenarios {
            let place = Place(file: scenario.file, line: scenario.line, column: 1)
            if let first = firstByID[scenario.id] {
                let message = "the id '\(scenario.id)' is already in use at \(first.file):\(first.line)"
                log.report(message, at: place)
                continue
            }
            firstByID[scenario.id] = scenario
            for testCase in scenario.cases {
                if !caseIDs.insert(testCase.id).inserted {
                    log.report("two cases have the same choices: \(testCase.id)", at: place)
                }
                // Given names are for many cases.
                for endpoint in testCase.endpoints where self.naming == nil {
                    if let other = caseByDomain.updateValue(testCase.id, forKey: endpoint.domain), other != testCase.id
                    {
                        let message = "\(testCase.id) and \(other) would share the name \(endpoint.domain)"
                        log.report(message, at: place)
                    }
                }
            }
        }
        guard log.isEmpty else { throw ScenarioFileError(problems: log.problems) }
        return scenarios
    }
}
