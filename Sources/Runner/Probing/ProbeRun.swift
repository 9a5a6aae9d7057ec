import BoringSSLEngine
import CertificateRecipes
import Foundation
import NIOPosix
import OpenSSLEngine
import ProgramKit
package import ScenarioModel
import Supervision
import Synchronization
package import Targets
package import Verdicts

/// Finds out what a target can do, and compares it with what its file declares: every question at once, on one start of the target.
///
/// What is found of a target that has died is nothing, so good clients must come through before and after.
package final class ProbeRun: Sendable {
    private let target: TargetDefinition
    private let questions: Set<ProbeQuestion>
    private let options: RunOptions
    private let patience: Duration
    private let isStrict: Bool
    private let workFolder = Mutex<WorkFolder?>(nil)

    /// - Parameters:
    ///   - questions: those to ask.
    ///   - patience: how long a client waits for an end that may never come; `nil` is ``usualPatience(for:)``.
    ///   - isStrict: what is found and not declared fails too.
    package init(
        target: TargetDefinition,
        questions: Set<ProbeQuestion>,
        options: RunOptions,
        patience: Duration? = nil,
        isStrict: Bool = false
    ) {
        self.target = target
        self.questions = questions
        self.options = options
        self.patience = patience ?? Self.usualPatience(for: target)
        self.isStrict = isStrict
    }

    /// Ten seconds, or as long as the longest deadline that the target declares needs to be seen, up to a minute.
    package static func usualPatience(for target: TargetDefinition) -> Duration {
        let longest = target.deadlines.values.map { Deadline.window(of: $0).upperBound + 0.5 }.filter { $0 <= 60 }.max()
        return .seconds(max(10, longest ?? 0))
    }

    /// Asks everything. When the task is cancelled, what was found until then is in the report.
    ///
    /// - Parameter scenarios: the catalogue, which has the cases of what no question here is about.
    /// - Throws: what kept the target from being asked.
    package func run(beside scenarios: [Scenario] = []) async throws -> ProbeReport {
        let began = ContinuousClock.now
        var report = ProbeReport(
            tool: .init(version: self.options.version, engines: [openSSLVersionText, boringSSLVersionText]),
            target: self.target.identity,
            seed: self.options.seed.description,
            startedAt: Date().formatted(.iso8601),
            isStrict: self.isStrict
        )
        var asked: [Inquiry] = []
        for inquiry in ProbeCases(definition: self.target).inquiries where self.questions.contains(inquiry.question) {
            if let obstacle = inquiry.cases.lazy.compactMap(self.obstacle).first {
                report.notAsked.append(.init(inquiry.name, reason: obstacle))
            } else {
                asked.append(inquiry)
            }
        }
        if self.questions == Set(ProbeQuestion.allCases) { report.notAsked += self.featuresOfPlays(scenarios) }
        guard !asked.isEmpty else {
            report.durationSeconds = began.duration(to: .now).seconds
            return report
        }
        let folder = try WorkFolder(target: self.target.name, isKept: self.options.keepsWorkDirectory)
        self.workFolder.withLock { $0 = folder }
        defer { if !self.options.keepsWorkDirectory { _ = folder.remove() } }
        try await self.ask(asked, in: folder.url, &report)
        report.durationSeconds = began.duration(to: .now).seconds
        return report
    }

    /// Ends every program at once and removes the keys, for a process that is about to exit.
    package func abandon() {
        LivingPrograms.killAll()
        // Whoever calls this exits next; what stays is swept by the next run.
        _ = self.workFolder.withLock(\.self)?.remove()
    }

    /// Where the target keeps what it was started with, where that is kept.
    package var keptFolder: String? {
        self.options.keepsWorkDirectory ? self.workFolder.withLock { $0?.url.path } : nil
    }

    /// Why a case cannot be put to the target. Where its client comes from needs nothing of the target's configuration.
    private func obstacle(to testCase: Case) -> String? {
        if testCase.client.source == .loopback6, !self.target.hasIPv6 { return "this machine has no ::1" }
        if self.target.external != nil { return self.target.obstacle(to: testCase) }
        var plain = testCase
        plain.client.source = .loopback
        return self.target.obstacle(to: plain).map { "\($0), and is configured with what it declares" }
    }

    /// What the target declares and one connection cannot show.
    private func featuresOfPlays(_ scenarios: [Scenario]) -> [ProbeReport.NotAsked] {
        let ofQuestions: Set<Feature> = Set(Role.allCases.map { .role($0) })
            .union(Deadline.allCases.map { .deadline($0) }).union(TargetCounter.allCases.map { .counter($0) })
            .union([
                .largeHellos, .tlsOnly, .alpn, .proxyProtocol1, .proxyProtocol2, .proxyProtocolIn, .wildcardNames,
                .wildcardNamesOfAnyDepth, .mutualTLS, .ipRestrictions, .ipDenyRules, .upstreamVerification,
                .upstreamClientCertificate, .ipv6, .events,
            ])
        return self.target.features.subtracting(ofQuestions).sorted().map { feature in
            let cases = scenarios.flatMap(\.cases).filter {
                self.target.needs(feature, for: $0) && self.target.obstacle(to: $0) == nil
            }
            let areas = Set(cases.map { $0.scenario.prefix { $0 != "." } + ".*" }).sorted().map { "'\($0)'" }
            let run =
                areas.isEmpty ? "" : ": shakedown run --target \(self.target.reference) \(areas.joined(separator: " "))"
            return .init(
                feature.rawValue,
                reason: "one connection cannot show it; \(cases.count) cases of the catalogue do\(run)"
            )
        }
    }

    private func ask(_ inquiries: [Inquiry], in folder: URL, _ report: inout ProbeReport) async throws {
        let mint = Mint(book: try RecipeBook(directory: self.options.recipesDirectory), domain: Stage.baseDomain)
        for authority in self.target.external?.authorities ?? [] { try mint.adopt(authority, for: self.target) }
        // Questions share cases.
        var cases: [Case] = []
        var known: Set<String> = []
        for testCase in inquiries.flatMap(\.cases) where known.insert(testCase.id).inserted { cases.append(testCase) }
        var needs = RunNeeds(cases: cases, jobs: self.options.jobs)
        needs.openFiles += 2 * HelloSizes.atOnce * inquiries.count { $0.question == .largestHello }
        try needs.check(against: .ofThisMachine(for: needs))
        let stage: Stage
        do {
            stage = try await Stage.set(
                for: cases,
                target: self.target,
                mint: mint,
                workDirectory: folder,
                options: self.options
            )
        } catch  where Task.isCancelled {
            report.isInterrupted = true
            return
        }
        let pulse = Pulse()
        let beating = Task { await pulse.run(on: stage.group.makeIterator()) }
        report.problems = await self.troubles(on: stage, patience: .seconds(self.target.readyWithin))
        if report.problems.isEmpty, !Task.isCancelled {
            let place = ProbeStage(stage: stage, seed: self.options.seed, patience: self.patience, pulse: pulse)
            report.findings = await self.findings(inquiries, on: place)
            if !Task.isCancelled {
                let troubles = await self.troubles(on: stage, patience: .seconds(3))
                report.problems = troubles.map { "at the end, so that nothing above can be believed: \($0)" }
            }
            report.problems += stage.target.deaths
        }
        report.isInterrupted = Task.isCancelled
        beating.cancel()
        await stage.clear()
    }

    /// Every question at the same time: most of them wait.
    private func findings(_ inquiries: [Inquiry], on place: ProbeStage) async -> [ProbeFinding] {
        let found = await withTaskGroup(of: (Int, [ProbeFinding]).self) { group in
            for (index, inquiry) in inquiries.enumerated() {
                group.addTask {
                    do {
                        return (index, try await inquiry.ask(place))
                    } catch {
                        if Task.isCancelled { return (index, []) }
                        return (
                            index,
                            [
                                ProbeFinding(
                                    inquiry.question,
                                    inquiry.subject,
                                    found: "not found out",
                                    .undecided,
                                    evidence: ErrorWords.complaint(about: error).message
                                )
                            ]
                        )
                    }
                }
            }
            return await group.reduce(into: [Int: [ProbeFinding]]()) { $0[$1.0] = $1.1 }
        }
        // What was cut off has seen nothing.
        if Task.isCancelled { return [] }
        let findings = found.sorted { $0.key < $1.key }.flatMap(\.value)
        return self.target.identity.habitsShown(in: findings).sorted { $0.question < $1.question }
    }

    /// What is wrong with good clients, of each role, until they come through or the time is up; empty when they do.
    private func troubles(on stage: Stage, patience: Duration) async -> [String] {
        let limit = ContinuousClock.now + patience
        while true {
            var troubles: [String] = []
            for control in stage.controls {
                do {
                    let repetition = stage.countControl()
                    let run = CaseRun(testCase: control, stage: stage, seed: self.options.seed, repetition: repetition)
                    let played = try await run.run()
                    defer { played.release() }
                    if played.verdict.outcome != .pass { troubles.append("\(control.id): \(played.verdict.summary)") }
                } catch {
                    troubles.append("\(control.id): \(ErrorWords.complaint(about: error).message)")
                }
            }
            if troubles.isEmpty || Task.isCancelled || !stage.target.isAlive || .now >= limit { return troubles }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
