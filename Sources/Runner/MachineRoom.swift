package import ProgramKit
package import ScenarioModel

/// Whether this process may open as many files and sockets as it will need, asked before anything is started: what cannot open one
/// more fails in a hundred ways, and none of them says anything about an edge.
package enum MachineRoom {
    /// What a command needs that only connects: event loops, standard streams, the resolver, reports.
    static let reserveOfClients = 40

    /// - Parameters:
    ///   - cases: everything that is selected; a target that cannot run them all needs less.
    ///   - limit: what this process may have; `nil` where the system does not say.
    /// - Throws: where not even the programs and their logs have room.
    package static func require(
        for cases: [Case],
        jobs: Int,
        limit: Int? = Self.limit(wanting: RunNeeds.reserve)
    ) throws(Complaint) {
        guard let limit, limit < RunNeeds.reserve else { return }
        let most = RunNeeds(cases: cases, jobs: jobs).openFiles
        let needs = most > RunNeeds.reserve ? "\(RunNeeds.reserve) to \(most)" : "at least \(most)"
        throw Complaint(
            "this run needs \(needs) open files, and this process may have \(limit)",
            hint: "raise the hard limit (ulimit -Hn \(most), or LimitNOFILE)"
        )
    }

    /// How many connections can be open at once: as many as wanted, or fewer where the limit is low.
    ///
    /// - Throws: where there is no room for a single one.
    package static func connections(wanted: Int, limit: Int? = nil) throws(Complaint) -> Int {
        let needed = Self.reserveOfClients + wanted
        guard let limit = limit ?? Self.limit(wanting: needed), limit < needed else { return wanted }
        let room = limit - Self.reserveOfClients
        guard room >= 1 else {
            throw Complaint(
                "this check needs \(Self.reserveOfClients + 1) to \(needed) open files, and this process may have \(limit)",
                hint: "raise the hard limit (ulimit -Hn \(needed), or LimitNOFILE)"
            )
        }
        return room
    }

    /// The limit, once it was raised as far as it can be for so many.
    package static func limit(wanting needed: Int) -> Int? { OpenFiles.reserve(needed)?.limit }
}
