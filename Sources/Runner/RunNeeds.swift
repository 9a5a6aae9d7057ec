import Foundation
import ProgramKit
import ScenarioModel

/// What a run takes of the machine, known before it starts.
struct RunNeeds: Hashable, Sendable {
    var openFiles: Int
    var ports: Int

    /// What the machine has.
    struct Limits: Hashable, Sendable {
        /// `nil` where the system does not say.
        var openFiles: Int?
        var ports: Int?

        /// After the limit of open files was raised as far as it can be for these needs.
        static func ofThisMachine(for needs: RunNeeds) -> Limits {
            Limits(
                openFiles: OpenFiles.reserve(needs.openFiles)?.limit,
                ports: (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8))
                    .flatMap(Self.ports(inRange:))
            )
        }

        /// How many ports `32768 60999` are.
        static func ports(inRange text: String) -> Int? {
            let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
            return bounds[1] - bounds[0] + 1
        }
    }

    /// What programs, logs, libraries and controls need besides.
    static let reserve = 256

    init(cases: [Case], jobs: Int) {
        let schedule = Schedule(cases)
        let listening = cases.reduce(0) { $0 + $1.endpoints.count }
        let underWay =
            min(schedule.waiting.count, Performance.waitingAtOnce) + min(schedule.ordinary.count, jobs)
            + min(schedule.disruptive.count, Performance.disruptiveAtOnce)
            + min(schedule.onTheirOwn.count, Performance.ownTargetsAtOnce)
            + min(schedule.heavy.count, 2)
        // A case holds a connection of its client's and one of its upstream's; the edge has others of its own. Of crowds
        // a few are under way at once.
        let crowds = cases.map { 2 * ($0.exchanges.count - 1) }.sorted().suffix(16).reduce(0, +)
        let playing = 2 * underWay + crowds
        let trial = cases.reduce(0) { $0 + $1.endpoints.count { $0.role.terminatingParty == .agent } }
        self.openFiles = listening + max(playing, min(trial, AgentTrial.batchSize)) + Self.reserve
        self.ports = self.openFiles
    }

    func isMet(by limits: Limits) -> Bool {
        self.openFiles <= limits.openFiles ?? .max && self.ports <= limits.ports ?? .max
    }

    /// - Throws: what is short, and how to have more of it.
    func check(against limits: Limits) throws(Complaint) {
        if let limit = limits.openFiles, limit < self.openFiles {
            throw Complaint(
                "this run needs \(self.openFiles) open files, and this process may have \(limit)",
                hint: "raise the hard limit (ulimit -Hn \(self.openFiles), or LimitNOFILE), or run fewer scenarios"
            )
        }
        if let limit = limits.ports, limit < self.ports {
            throw Complaint(
                "this run needs \(self.ports) free ports, and the system gives out \(limit)",
                hint: "widen net.ipv4.ip_local_port_range, or run fewer scenarios"
            )
        }
    }
}
