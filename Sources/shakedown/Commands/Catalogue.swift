import ArgumentParser
import CertificateRecipes
import ClientPrograms
import ConfigurationFiles
import Foundation
import ProgramKit
import ScenarioFiles
import ScenarioModel

/// The flags that choose among the catalogue's scenarios.
struct SelectionOptions: ParsableArguments {
    @Argument(
        help:
            "Globs over scenario and case ids ('framing.*'), or scenario files and folders. Default: the whole catalogue."
    )
    var scenarios: [String] = []

    @Option(help: "must, should or all: how binding the checked rule is.")
    var level: LevelOption = .all

    @Option(name: .customLong("tag"), help: "Only scenarios with this tag; may be repeated.")
    var tags: [String] = []

    @Option(
        name: .customLong("skip-tag"),
        help: "No scenarios with this tag, such as slow; may be repeated."
    )
    var skippedTags: [String] = []

    @Option(
        name: .customLong("origin"),
        help:
            "Only rules of this origin (\(Rule.Origin.allCases.map(\.rawValue).joined(separator: ", "))); may be repeated."
    )
    var origins: [Rule.Origin] = []

    @Option(
        help:
            "Only one part of the cases, such as 2/5, for machines that share a run; `shakedown merge` joins them again."
    )
    var shard: Shard?

    enum LevelOption: String, ExpressibleByArgument, CaseIterable {
        case must, should, all
        var ruleLevel: Rule.Level {
            switch self {
            case .must: .must
            case .should: .should
            case .all: .may
            }
        }
    }

    /// The scenario files and folders among ``scenarios``; the others are globs.
    var files: [String] {
        self.scenarios.filter { $0.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: $0) }
    }

    /// Whether nothing is left out but what is in other parts.
    var isEverything: Bool {
        self.scenarios.isEmpty && self.level == .all && self.tags.isEmpty && self.skippedTags.isEmpty
            && self.origins.isEmpty
    }

    /// The words of a command line that select the same.
    var words: [String] {
        var words = self.scenarios
        if self.level != .all { words += ["--level", self.level.rawValue] }
        for tag in self.tags { words += ["--tag", tag] }
        for tag in self.skippedTags { words += ["--skip-tag", tag] }
        for origin in self.origins { words += ["--origin", origin.rawValue] }
        return words
    }

    /// Loads the catalogue, or the files that were named instead, and applies the selection.
    ///
    /// - Throws: ``ScenarioFileError`` with every problem; ``Complaint`` when a pattern selects nothing.
    /// - Parameters:
    ///   - baseDomain: what the other names are below.
    ///   - naming: of an edge whose endpoints have names already.
    ///   - programs: that are clients, in cases of their own; without any there are no such cases.
    func load(
        from resources: Resources,
        recipes: Set<String>?,
        baseDomain: String = "shakedown.test",
        naming: ScenarioLoader.Naming? = nil,
        programs: [String] = []
    ) throws -> [Scenario] {
        let files = self.files
        let patterns = self.scenarios.filter { !files.contains($0) }
        let loader = ScenarioLoader(baseDomain: baseDomain, recipes: recipes, naming: naming, programs: programs)
        let paths = files.isEmpty ? [resources.scenarios.path] : files
        let prefix = resources.root.path + "/"
        let all = try loader.load(paths: paths).map { scenario in
            var scenario = scenario
            if scenario.file.hasPrefix(prefix) { scenario.file.removeFirst(prefix.count) }
            return scenario
        }
        let selection = ScenarioSelection(
            patterns: patterns,
            level: self.level.ruleLevel,
            tags: Set(self.tags),
            skippedTags: Set(self.skippedTags),
            origins: Set(self.origins),
            shard: self.shard
        )
        if let unused = selection.unusedPatterns(in: all).first {
            throw Complaint(
                "no scenario or case matches '\(unused)'" + Self.suggestion(for: unused, among: all),
                hint: "`shakedown list` prints the ids; quote patterns, since the shell knows * and [ too",
                exitStatus: .usage
            )
        }
        let known = Set(all.flatMap(\.tags)).sorted()
        if let unknown = (self.tags + self.skippedTags).first(where: { !known.contains($0) }) {
            throw Complaint(
                "no scenario has the tag '\(unknown)'" + Suggestion.clause(for: unknown, among: known),
                hint: "tags: \(known.joined(separator: ", "))",
                exitStatus: .usage
            )
        }
        let selected = selection.apply(to: all)
        guard !selected.isEmpty else {
            throw Complaint(
                "nothing is selected: what was named lies outside the level, the tags, the origins or the part that were asked for",
                hint: "`shakedown list` prints levels and origins, `shakedown list --json` the tags; scenarios whose "
                    + "clients are programs need --clients",
                exitStatus: .usage
            )
        }
        return selected
    }

    /// The scenario, area or choice of a case that a pattern was most likely meant to name.
    private static func suggestion(for pattern: String, among scenarios: [Scenario]) -> String {
        let id = String(pattern.prefix { $0 != "[" })
        // A case of a scenario that is there: what stands in the brackets is wrong.
        if let scenario = scenarios.first(where: { $0.id == id }) {
            return Suggestion.clause(for: pattern, among: scenario.cases.map(\.id))
        }
        var prefixes: Set<String> = []
        for scenario in scenarios {
            let labels = scenario.id.split(separator: ".")
            for count in 1...labels.count { prefixes.insert(labels.prefix(count).joined(separator: ".")) }
        }
        return Suggestion.clause(for: id, among: id.hasSuffix(".*") ? prefixes.map { $0 + ".*" } : Array(prefixes))
    }
}

extension Rule.Origin: ExpressibleByArgument {}

extension Shard: ExpressibleByArgument {
    /// `nil` for what is no part.
    public init?(argument: String) { self.init(argument) }
}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists scenarios: id, level, origin, number of cases, title.",
        discussion: """
            EXAMPLES
              shakedown list
              shakedown list 'mutual-tls.*' --json
            """
    )

    @OptionGroup var selection: SelectionOptions
    @Flag(help: "A JSON array, with the cases' ids.") var json = false

    func run() async throws {
        try await Ending.of {
            let resources = try Resources.locate()
            let scenarios = try self.selection.load(
                from: resources,
                recipes: nil,
                programs: ClientRoster(directory: resources.clients).names
            )
            let text = self.json ? try Listing.json(scenarios) : Listing.lines(scenarios)
            try CheckedOutput.standardOutput.write(text)
            return .success
        }
    }
}

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells what a scenario checks, why, and what may be observed.",
        discussion: """
            EXAMPLES
              shakedown explain routing.exact
            """
    )

    @Argument(help: "A scenario's id, or a glob.") var id: String

    func run() async throws {
        try await Ending.of {
            let resources = try Resources.locate()
            let programs = try ClientRoster(directory: resources.clients).names
            let all = try ScenarioLoader(programs: programs).load(paths: [resources.scenarios.path])
            // A case's id begins with its scenario's.
            let scenarioID = String(self.id.prefix { $0 != "[" })
            let selected = ScenarioSelection(patterns: [scenarioID]).apply(to: all)
            guard !selected.isEmpty else {
                throw Complaint(
                    "there is no scenario '\(self.id)'" + Suggestion.clause(for: scenarioID, among: all.map(\.id)),
                    hint: "`shakedown list` prints the ids",
                    exitStatus: .usage
                )
            }
            let text = selected.map(Explanation.render).joined(separator: "\n")
            try CheckedOutput.standardOutput.write(text)
            return .success
        }
    }
}

struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Mints the certificates of Certs/, good and bad ones.",
        discussion: """
            EXAMPLES
              shakedown certs --out /tmp/certs                 every recipe
              shakedown certs --out . client-expired           one of them, with its key and chain

            They are valid (or invalid) from now on; nothing is kept, so mint them anew when they have expired.
            """
    )

    @Argument(help: "Names of recipes. Default: all.") var names: [String] = []
    @Option(name: .customLong("out"), help: "Where to write NAME.pem, NAME.key and NAME.chain.pem.") var folder =
        "certs"
    @Option(help: "The domain that server certificates are made for.") var domain = "shakedown.test"
    @Flag(help: "Only print the recipes' names.") var list = false

    func run() async throws {
        try await Ending.of {
            let book = try RecipeBook(directory: Resources.locate().recipes)
            if self.list {
                try CheckedOutput.standardOutput.write(book.names.map { "\($0)\n" }.joined())
                return .success
            }
            let mint = Mint(book: book, domain: self.domain)
            let written = try mint.writeAll(
                to: URL(fileURLWithPath: self.folder, isDirectory: true),
                names: self.names.isEmpty ? nil : self.names
            )
            try CheckedOutput.standardOutput.write(written.map { "\($0.relativePath)\n" }.joined())
            return .success
        }
    }
}
