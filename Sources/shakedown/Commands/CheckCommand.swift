import Addresses
import ArgumentParser
import CertificateRecipes
import ConfigurationFiles
import Foundation
import ProgramKit
import Reports
import Runner
import ScenarioModel
import Verdicts

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Asks an edge that runs already what a client alone can see.",
        discussion: """
            EXAMPLES
              shakedown check edge.example.com:443
              shakedown check 192.0.2.7:8443 --name app.example.com --name api.example.com
              shakedown check localhost:8443 --name app.example.com 'framing.*' --json

            No upstream of ours is needed, and nothing is sent inside TLS. It asks what the catalogue has of framing, names,
            alerts, versions and openings that are not TLS, as of an edge that ends TLS itself; what only an upstream, or the
            edge's configuration, could tell is listed at the end. The exit codes are those of `shakedown run`.
            """
    )

    @Argument(help: "Where the edge listens: HOST:PORT, [IPv6]:PORT, or HOST alone for port 443.") var edge: String
    @OptionGroup var selection: SelectionOptions

    @Option(name: .customLong("name"), help: "A server name that it serves; may be repeated. (default: HOST)")
    var names: [String] = []

    @Option(help: "Whose rules the edge is held to: rfc, ngrok or all. What it is not held to is noted. (default: rfc)")
    var profile: Profile?

    @Option(help: "How many connections there are at once.") var jobs = 24
    @Option(help: "Where our random choices begin. (default: a new one)") var seed: String?
    @Option(name: .customLong("report"), help: "Writes the reports of `shakedown run` there.") var reportFolder: String?
    @OptionGroup var earlierRun: EarlierRunOptions
    @OptionGroup var junit: JUnitOptions
    @Flag(help: "Prints the report as JSON (CTRF) instead of the summary.") var json = false
    @Flag(help: "Lenient answers fail.") var strict = false
    @Flag(name: .shortAndLong, help: "No progress, only the summary.") var quiet = false

    func validate() throws {
        if self.jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if let seed, Seed(seed) == nil { throw ValidationError("--seed is a number, such as 24301 or 0x5eed") }
        if self.earlierRun.failed, !self.earlierRun.isGiven {
            throw ValidationError("--failed needs the run that is meant: --compare RUN")
        }
    }

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() async throws -> ExitStatus {
        let jobs = try MachineRoom.connections(wanted: self.jobs)
        if jobs < self.jobs {
            StandardStreams.say(
                "shakedown: the limit of open files leaves room for \(jobs) connections at once, not \(self.jobs): "
                    + "raise it (ulimit -Hn \(self.jobs + 40)) for more\n"
            )
        }
        let place = try Self.place(self.edge)
        let names = self.names.isEmpty ? [place.host] : self.names.map { $0.lowercased() }
        guard IPAddress(names[0]) == nil else {
            throw Complaint(
                "\(names[0]) is an address, and no edge chooses an endpoint by one",
                hint: "name an endpoint that it serves: --name app.example.com",
                exitStatus: .usage
            )
        }
        let addresses = try NameResolution.addresses(of: place)
        let resources = try Resources.locate()
        let recipes = Set(try RecipeBook(directory: resources.recipes).names)
        var scenarios = try self.selection.load(
            from: resources,
            recipes: recipes,
            baseDomain: OutsideRun.foreignDomain
        ) { _, plans in
            // In the order of the scenario: the first is the one that its client asks for.
            Dictionary(zip(plans.map(\.key), names)) { first, _ in first }
        }
        let earlier = try self.earlierRun.read()
        let run = OutsideRun(
            title: place.description,
            addresses: addresses,
            names: names,
            options: self.options(resources, earlier, names, jobs: jobs)
        )
        try self.earlierRun.refuse(earlier, unlessOf: run.identity)
        scenarios = try self.earlierRun.narrow(
            scenarios,
            of: OutsideRun.name,
            named: earlier,
            history: RunHistory(root: resources.reports)
        )
        return try await self.perform(run, scenarios, earlier)
    }

    private func perform(_ run: OutsideRun, _ scenarios: [Scenario], _ earlier: RunReport?) async throws -> ExitStatus {
        let place = try self.reportFolder.map { name in
            let root = URL(fileURLWithPath: name, isDirectory: true)
            return try ReportPlace(named: name, history: RunHistory(root: root), kept: nil, target: OutsideRun.name)
        }
        let session = CheckSession(run, place: place, junitDialect: self.junit.dialect, earlier: earlier)
        let progress = ProgressDisplay.onStandardError(quiet: self.quiet)
        let json = self.json
        do {
            return try await Interruption().observe(leave: session.leave) {
                let findings = try await progress.ticking {
                    try await run.run(scenarios, observer: progress, keeper: NoKeeper())
                }
                progress.ended()
                let report = session.compared(findings.report)
                var status = ExitStatus(rawValue: report.exitCode)
                do {
                    try session.write(report)
                } catch {
                    status = Ending.report(error)
                }
                let summary = OutsideSummary(report: report, facts: findings.facts, notAsked: findings.notAsked)
                try CheckedOutput.standardOutput.write(json ? summary.json : summary.text(page: place?.page))
                return status
            }
        } catch {
            progress.ended()
            throw error
        }
    }

    private func options(_ resources: Resources, _ earlier: RunReport?, _ names: [String], jobs: Int) -> RunOptions {
        let seed = self.seed.flatMap(Seed.init) ?? .random()
        var replay = ["shakedown", "check", self.edge]
        for name in names { replay += ["--name", name] }
        if self.strict { replay.append("--strict") }
        if let profile = self.profile { replay += ["--profile", profile.rawValue] }
        return RunOptions(
            seed: seed,
            jobs: jobs,
            command: ShellWords(["shakedown"] + CommandLine.arguments.dropFirst()).text,
            replay: ShellWords(replay + ["--seed", "\(seed)"]).text,
            keepsWorkDirectory: false,
            isStrict: self.strict,
            profile: self.profile,
            coversCatalogue: false,
            baseline: self.earlierRun.makeBaseline(of: earlier),
            recipesDirectory: resources.recipes,
            version: Version.text
        )
    }

    private static func place(_ text: String) throws(Complaint) -> HostAndPort {
        if let place = HostAndPort(text, defaultPort: 443), place.port > 0 { return place }
        throw Complaint(
            "'\(text)' is no place where an edge could listen",
            hint: "write it as edge.example.com:443, 192.0.2.7:8443 or [2001:db8::7]:443",
            exitStatus: .usage
        )
    }
}

/// A check holds its results in memory: there are few.
private struct NoKeeper: ResultKeeper {
    func begin(_ outline: RunReport) {}
    func keep(_ result: CaseResult) -> CaseResult { result }
}
