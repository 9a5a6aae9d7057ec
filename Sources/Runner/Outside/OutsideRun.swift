package import Addresses
import BoringSSLEngine
import Checks
import Clients
import Exchanges
import Foundation
import NIOCore
import NIOPosix
import OpenSSLEngine
import ProgramKit
package import ScenarioModel
import Synchronization
package import Verdicts

/// Asks an edge that runs already what a client alone can see, without upstreams of ours.
///
/// Nobody set the edge up for it, so what it is configured to do is not known: cases are asked as of an edge, and what
/// its upstreams get is not looked at.
///
/// What is known can be asked for at any moment and from any thread: a process that must leave at once still writes it.
package final class OutsideRun: Sendable {
    /// As its user calls it: `edge.example.com:443`.
    private let title: String
    /// Those of its name; the first that takes connections is asked.
    private let addresses: [TransportAddress]
    /// Names that it serves; the first is asked for.
    private let names: [String]
    private let options: RunOptions
    private let progress = Mutex<OutsideRun.Progress?>(nil)

    /// What there is from the moment on when the edge has answered.
    private struct Progress {
        var outline: RunReport
        var board: ResultBoard
        var notAsked: [BeyondClients: Int]
        var began: ContinuousClock.Instant
    }

    package init(title: String, addresses: [TransportAddress], names: [String], options: RunOptions) {
        self.title = title
        self.addresses = addresses
        self.names = names
        self.options = options
    }

    /// Who is asked, as reports say it.
    package var identity: RunReport.TargetIdentity {
        var identity = RunReport.TargetIdentity(
            name: Self.name,
            title: self.title,
            version: "as \(self.names.joined(separator: " and "))",
            features: [.role(.edge)],
            profile: self.options.profile ?? .rfc
        )
        identity.askedAs = self.names
        return identity
    }

    /// What reports call every edge that was asked from outside.
    package static let name = "outside"

    /// What came of it.
    package struct Findings: Sendable {
        package var report: RunReport
        package var facts: [OutsideFact]
        /// How many of the cases could not be asked, and why.
        package var notAsked: [BeyondClients: Int]
    }

    /// What names are below that no edge serves: nobody has that top-level domain (RFC 6761 section 6.4).
    package static let foreignDomain = "shakedown.invalid"
    private static let unknownName = "nobody.\(OutsideRun.foreignDomain)"

    /// How long a case may take, besides the gaps that it leaves itself.
    private static let patience = Duration.seconds(5)

    /// - Parameter scenarios: with the edge's names in the place of their first endpoints' (`ScenarioLoader.naming`).
    /// - Throws: ``Complaint`` where the edge cannot be reached, or does not complete a good client's handshake.
    package func run(
        _ scenarios: [Scenario],
        observer: any RunObserver,
        keeper: any ResultKeeper
    ) async throws -> Findings {
        let began = ContinuousClock.now
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        defer { Task { try? await group.shutdownGracefully() } }
        let (client, first) = try await self.reach(with: group)

        let versions = try await client.versions(of: self.names[0])
        var asked: [Case] = []
        var notAsked: [BeyondClients: Int] = [:]
        for testCase in scenarios.flatMap(\.cases) where testCase.role == .edge {
            if let obstacle = testCase.obstacle(toClientsAlone: self.names, versions: versions) {
                notAsked[obstacle, default: 0] += 1
            } else {
                asked.append(testCase)
            }
        }
        var report = self.outline(scenarios, at: client.address)
        keeper.begin(report)
        observer.started(total: asked.count)
        let unknown = try await client.greet(ClientPlan(engine: .openssl, serverName: Self.unknownName)).observation
        let board = self.board(of: asked, scenarios, ForeignNames(greeting: first, unknown: unknown), observer, keeper)
        let progress = Progress(outline: report, board: board, notAsked: notAsked, began: began)
        self.progress.withLock { $0 = progress }
        await self.play(asked, client, on: board)
        report.problems = await self.conclude(board, client)
        report.results = board.results(as: .interrupted).sorted { $0.testCase.id < $1.testCase.id }
        // Who was leaving may have broken off anything.
        if let problem = report.problems.first { report.results = report.results.map { $0.unproven(since: problem) } }
        report.isInterrupted = Task.isCancelled
        if report.isInterrupted { report.interruption = board.interruption }
        var facts = Task.isCancelled ? [] : try await client.facts(of: self.names, versions: versions, first: first)
        facts.append(OutsideFact(name: "a name that nobody serves", value: ForeignNames.words(unknown)))
        report.durationSeconds = began.duration(to: .now).seconds
        return Findings(report: report, facts: facts, notAsked: notAsked)
    }

    /// What came of it so far, as of a run that is interrupted at this moment; `nil` while the edge has not answered.
    package var findingsSoFar: Findings? {
        guard let progress = self.progress.withLock(\.self) else { return nil }
        var report = progress.outline
        report.results = progress.board.results(as: .interrupted).sorted { $0.testCase.id < $1.testCase.id }
        report.isInterrupted = true
        report.interruption = progress.board.interruption
        report.durationSeconds = progress.began.duration(to: .now).seconds
        return Findings(report: report, facts: [], notAsked: progress.notAsked)
    }

    /// A client of the first address that takes connections, and what an ordinary client saw there.
    private func reach(
        with group: MultiThreadedEventLoopGroup
    ) async throws -> (OutsideClient, ClientObservation) {
        var trouble: Complaint?
        for address in self.addresses {
            let client = OutsideClient(address: address, seed: self.options.seed, group: group)
            let first = try await client.greet(ClientPlan(engine: .openssl, serverName: self.names[0])).observation
            trouble = self.trouble(first, at: address)
            if trouble == nil { return (client, first) }
            // Who leaves has seen no answer, which is nobody's fault.
            if Task.isCancelled {
                throw Complaint("interrupted before \(self.title) had answered", exitStatus: .failure)
            }
            if first.leg.ending != .refused { break }
        }
        throw trouble ?? Complaint("\(self.title) has no address", exitStatus: .usage)
    }

    private func outline(_ scenarios: [Scenario], at address: TransportAddress) -> RunReport {
        var target = self.identity
        target.notes = ["It was asked from outside, as \(self.names.joined(separator: " and ")), at \(address)."]
        return RunReport(
            tool: .init(version: self.options.version, engines: [openSSLVersionText, boringSSLVersionText]),
            target: target,
            seed: self.options.seed.description,
            startedAt: Date().formatted(.iso8601),
            command: self.options.command,
            scenarios: scenarios.map { scenario in
                var scenario = scenario
                scenario.cases = []
                return scenario
            }
        )
    }

    private func board(
        of cases: [Case],
        _ scenarios: [Scenario],
        _ foreignNames: ForeignNames,
        _ observer: any RunObserver,
        _ keeper: any ResultKeeper
    ) -> ResultBoard {
        let reckoning = Reckoning(
            of: self.title,
            profile: self.options.profile ?? .rfc,
            scenarios: scenarios,
            waivers: .none,
            baseline: self.options.baseline
        )
        let options = self.options
        return ResultBoard(cases: cases, observer: observer, keep: keeper.keep) { testCase, evidence in
            var verdict = evidence.verdict.ofImpatientClient
            verdict = foreignNames.weigh(verdict, of: testCase, evidence.observation)
            verdict = reckoning.verdict(verdict, of: testCase, evidence.observation)
            return CaseResult(
                testCase: testCase,
                verdict: verdict,
                observation: options.evidence.kept(evidence.observation, of: verdict.outcome),
                durationSeconds: evidence.seconds,
                replay: "\(options.replay) '\(testCase.id)'"
            )
        }
    }

    private func play(_ cases: [Case], _ client: OutsideClient, on board: ResultBoard) async {
        let judge = Judge(
            context: JudgeContext(
                deadlines: [:],
                certificates: ServerCertificates(),
                edgeAddresses: [client.address],
                hasEvents: false,
                promisesStrict: self.options.isStrict,
                seesUpstreams: false
            )
        )
        await withTaskGroup(of: Void.self) { group in
            for (index, testCase) in cases.enumerated() where !Task.isCancelled {
                if index >= self.options.jobs { await group.next() }
                group.addTask { await self.play(testCase, client, judge, on: board) }
            }
        }
    }

    private func play(_ testCase: Case, _ client: OutsideClient, _ judge: Judge, on board: ResultBoard) async {
        guard !Task.isCancelled else { return }
        board.begin(testCase)
        let began = ContinuousClock.now
        do {
            let observed = try await client.play(testCase, within: Self.patience)
            guard !Task.isCancelled else { return }
            let observation = Observation(clients: [observed], upstreams: [])
            let evidence = ResultBoard.Evidence(
                verdict: judge.judge(testCase, observation),
                observation: observation,
                seconds: began.duration(to: .now).seconds
            )
            board.add(testCase, evidence, began: began)
        } catch {
            let verdict = Verdict(outcome: .error, summary: ErrorWords.text(of: error))
            board.fault(testCase, verdict, began: began)
        }
    }

    /// Verdicts count when a good client comes through after them: an edge that has gone refuses everything.
    private func conclude(_ board: ResultBoard, _ client: OutsideClient) async -> [String] {
        if Task.isCancelled {
            board.settle(as: .interrupted)
            return []
        }
        let asked = ContinuousClock.now
        let last = try? await client.greet(ClientPlan(engine: .openssl, serverName: self.names[0])).observation
        guard let last, self.trouble(last, at: client.address) == nil else {
            let problem =
                "\(self.title) let a good client in at the beginning, and none at the end; perhaps it limits how often one address "
                + "may come: try --jobs 1"
            board.settle(as: .targetDied(problem))
            return [problem]
        }
        board.confirm(before: asked)
        board.settle(as: .confirmed)
        return []
    }

    /// Why the edge cannot be asked.
    private func trouble(_ greeting: ClientObservation, at address: TransportAddress) -> Complaint? {
        if greeting.leg.ending == .refused {
            return Complaint(
                "\(self.title) cannot be reached at \(address): \(greeting.leg.timeline.last?.detail ?? "no answer")",
                hint: "see whether it runs, and whether a firewall is between",
                exitStatus: .usage
            )
        }
        guard !greeting.handshake.isCompleted else { return nil }
        let seen =
            greeting.handshake.alertsReceived.last.map { "it sends \($0)" } ?? greeting.handshake.failure
            ?? "the connection ends without an answer"
        return Complaint(
            "\(self.title) does not complete the handshake of an ordinary client that asks for \(self.names[0]): \(seen)",
            hint: "name an endpoint that it serves: --name app.example.com",
            exitStatus: .usage
        )
    }
}

extension CaseResult {
    fileprivate func unproven(since problem: String) -> CaseResult {
        switch self.verdict.outcome {
        case .fail, .failShould, .hang:
            var result = self
            result.verdict = CaseEnding.targetDied(problem).unproven(self.verdict)
            return result
        case .pass, .passLenient, .informational, .expectedFail, .unexpectedPass, .unsupported, .skipped, .error,
            .flaky:
            return self
        }
    }
}

extension Verdict {
    /// Of a connection that was still open when the client left. Whether the edge would have ended it is its own matter: how
    /// long it waits is not known here.
    fileprivate var ofImpatientClient: Verdict {
        guard self.outcome == .hang else { return self }
        var verdict = self
        verdict.outcome = .informational
        verdict.summary =
            "still open when the client left, and nobody here knows how long the edge waits: \(self.summary)"
        return verdict
    }
}
