import ArgumentParser
import CertificateRecipes
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioModel
import Targets
import Verdicts

struct CompatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compat",
        abstract: "Runs the catalogue against several targets and writes a page that shows them side by side.",
        discussion: """
            EXAMPLES
              shakedown compat                                          every target whose program is here
              shakedown compat --targets haproxy,nginx 'routing.*'      two of them, and a part of the catalogue
              shakedown compat --from Reports/latest --report page      runs that were made before
              shakedown compat --from part-1 part-2 --compare page      and what is different from an earlier page

            The page is compatibility.html; compatibility.md, compatibility.json and badges stand beside it, and of targets that
            were run their reports. Verdicts do not decide the exit code: it is 0 when the page was written. Ctrl-C stops what
            was started and still writes the page of what is there.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Option(
        name: .customLong("targets"),
        help: """
            Targets to run, with commas between them; may be repeated. Each is a folder of Scenarios/Targets, the path of \
            any folder, or a YAML file about an edge that runs already. (default: all of Scenarios/Targets; those whose \
            program is not here are told with how to get it)
            """
    )
    var targetLists: [String] = []

    @Option(
        name: .customLong("from"),
        parsing: .upToNextOption,
        help: """
            Nothing is run: a run.json, the folder of a run, or a folder of such folders; several may follow. Runs of one \
            target and version are put together where they have no case in common; where they have, the newest counts.
            """
    )
    var from: [String] = []

    @Option(
        help:
            "An earlier page's compatibility.json, its folder, or runs as for --from: says what is different from then."
    )
    var compare: String?

    @Option(
        name: .customLong("report"),
        help: "Where to write page and runs. (default: Reports/<time>-compat, and Reports/latest)"
    )
    var reportFolder: String?

    @Option(help: "A folder that gets the page, its Markdown, its JSON and the badges too, without the runs.")
    var publish: String?

    @Option(
        name: .customLong("summary-into"),
        help:
            "A Markdown file that gets the scores, between the lines '\(ReadmeSection.begin)' and '\(ReadmeSection.end)'."
    )
    var summaryFile: String?

    @Option(help: "Where our random choices begin, as of `shakedown run`. (default: a new one)")
    var seed: String?

    @Option(help: "Cases under way at once, besides those that only wait. (default: 16 for each core)")
    var jobs: Int?

    @Flag(help: "Prints compatibility.json instead of the summary.") var json = false
    @Flag(name: .shortAndLong, help: "No progress, only the summary.") var quiet = false

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if let seed, Seed(seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
        if !self.from.isEmpty {
            if !self.targetLists.isEmpty { throw ValidationError("--from runs nothing: leave out --targets") }
            if self.seed != nil || self.jobs != nil {
                throw ValidationError("--from runs nothing: leave out --seed and --jobs")
            }
            if !self.selection.isEverything || self.selection.shard != nil {
                throw ValidationError("--from runs nothing: what selects scenarios belongs to a run")
            }
        }
        if Set(self.names).count < self.names.count { throw ValidationError("--targets names one of them twice") }
        if self.names.contains("") {
            throw ValidationError("--targets are names with one comma between two: haproxy,nginx")
        }
    }

    private var names: [String] {
        self.targetLists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let earlier = try self.compare.map(Self.earlier)
        let readme = try self.summaryFile.map { path throws(Complaint) in try ReadmeSection(in: path) }
        return self.from.isEmpty
            ? try await self.runTargets(earlier, readme) : try self.showRuns(earlier, readme)
    }

    private func destination(
        _ earlier: Compatibility?,
        _ readme: ReadmeSection?,
        history: RunHistory
    ) throws -> CompatibilityRuns.Destination {
        if let publish {
            try Folder.make(URL(fileURLWithPath: publish, isDirectory: true)) {
                Complaint($0, hint: "choose another folder with --publish", exitStatus: .usage)
            }
        }
        let place = try ReportPlace(
            named: self.reportFolder,
            history: history,
            kept: RunHistory.usualCount,
            target: RunHistory.compatibility
        )
        return .init(
            place: place,
            published: self.publish.map { URL(fileURLWithPath: $0, isDirectory: true) },
            readme: readme,
            earlier: earlier
        )
    }

    // MARK: Runs that there are

    private func showRuns(_ earlier: Compatibility?, _ readme: ReadmeSection?) throws -> ExitStatus {
        let existing = try ExistingRuns(at: self.from)
        let history = RunHistory(
            root: try self.reportFolder.map { URL(fileURLWithPath: $0) } ?? Resources.locate().reports
        )
        let destination = try self.destination(earlier, readme, history: history)
        do {
            let runs = CompatibilityRuns(columnCount: existing.columnCount, destination: destination)
            try existing.forEach(note: { StandardStreams.say("shakedown: \($0)\n") }) { report, id in
                if !self.quiet { StandardStreams.say("shakedown: \(report.target.title) \(report.target.version)\n") }
                try runs.add(report, id: id)
            }
            return try self.finish(runs)
        } catch {
            destination.place.removeIfEmpty()
            throw error
        }
    }

    /// An earlier page, or runs, which are put together as a page would.
    private static func earlier(at path: String) throws -> Compatibility {
        if let written = try CompatibilityFile.read(URL(fileURLWithPath: path)) { return written }
        let existing = try ExistingRuns(at: [path])
        var collector = CompatibilityCollector(columnCount: existing.columnCount)
        var newest = ""
        try existing.forEach(note: { _ in }) { report, id in
            try collector.add(report, id: id)
            newest = max(newest, report.startedAt)
        }
        return collector.finished(tool: .init(version: Version.text), madeAt: newest).compatibility
    }

    private func finish(_ runs: CompatibilityRuns, _ status: ExitStatus = .success) throws -> ExitStatus {
        let publication = try runs.write()
        if self.json {
            try CheckedOutput.standardOutput.write(Array(try publication.json()))
        } else {
            let text = CompatibilityText.terminal(publication.compatibility, page: runs.page)
            try CheckedOutput.standardOutput.write(text)
        }
        return status
    }

    // MARK: Runs that are made

    private func runTargets(_ earlier: Compatibility?, _ readme: ReadmeSection?) async throws -> ExitStatus {
        let resources = try Resources.locate()
        let recipes = Set(try RecipeBook(directory: resources.recipes).names)
        let scenarios = try self.selection.load(from: resources, recipes: recipes)
        var candidates: [Candidate] = []
        var absent: [Compatibility.AbsentTarget] = []
        for name in self.names.isEmpty ? TargetDefinition.available(in: resources.targets) : self.names {
            do {
                var candidate = try Candidate(named: name, scenarios, from: resources)
                if let external = candidate.definition.external {
                    candidate.scenarios = try self.selection.load(
                        from: resources,
                        recipes: recipes,
                        naming: { external.names(forCase: $0, $1) }
                    )
                }
                candidates.append(candidate)
            } catch let error as TargetError where error.code == .programNotFound && self.names.isEmpty {
                // Nobody asked for it by name: that it is not here is what the page says of it.
                let title = try TargetDefinition.title(named: name, from: resources.targets)
                absent.append(
                    .init(name: name, title: title, state: .notHere, reason: error.message, remedy: error.hint)
                )
            }
        }
        let found = candidates.map(\.definition.name)
        if let twice = found.enumerated().first(where: { found[..<$0.offset].contains($0.element) })?.element {
            throw Complaint("two targets are called \(twice)", hint: "run them one by one", exitStatus: .usage)
        }
        let destination = try self.destination(earlier, readme, history: RunHistory(root: resources.reports))
        for trouble in WorkFolder.sweep() {
            StandardStreams.say("shakedown: keys of a run that is no more could not be removed: \(trouble)\n")
        }
        let runs = CompatibilityRuns(
            columnCount: candidates.count,
            waiting: candidates.map(\.notRun),
            destination: destination
        )
        for target in absent { runs.miss(target) }
        let tour = CompatibilityTour(
            candidates: candidates,
            runs: runs,
            folder: destination.place.folder,
            seed: self.seed.flatMap(Seed.init) ?? .random(),
            jobs: self.jobs ?? 16 * ProcessInfo.processInfo.activeProcessorCount,
            selection: .init(
                coversCatalogue: self.selection.isEverything,
                shard: self.selection.shard,
                files: self.selection.files
            ),
            recipes: resources.recipes,
            isQuiet: self.quiet
        )
        do {
            let status = try await Interruption().observe(leave: runs.leave) { try await tour.run() }
            return try self.finish(runs, status)
        } catch {
            destination.place.removeIfEmpty()
            throw error
        }
    }
}
