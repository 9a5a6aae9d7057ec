import Foundation
import ProgramKit
import Reports
import Runner
import Synchronization
import Verdicts

/// The columns of a compatibility page as they come, and the writing of it, once: at the end, or by a signal's thread with what is
/// known by then.
final class CompatibilityRuns: Sendable {
    /// Where it is written, and what it is told from.
    struct Destination: Sendable {
        var place: ReportPlace
        /// A folder for the page and its other forms alone, without the runs.
        var published: URL?
        /// A file with two markers, between which the scores go.
        var readme: ReadmeSection?
        var earlier: Compatibility?
    }

    private struct State {
        var collector: CompatibilityCollector
        var added: Set<String> = []
        var absent: [Compatibility.AbsentTarget] = []
        /// Those whose turn has not come, by their names.
        var waiting: [Compatibility.AbsentTarget]
        var current: (id: String, session: RunSession)?
        var isWritten = false
    }

    private let destination: Destination
    private let state: Mutex<State>

    /// - Parameter waiting: the targets that are to be run, as the page has them where it does not come to that.
    init(columnCount: Int, waiting: [Compatibility.AbsentTarget] = [], destination: Destination) {
        self.destination = destination
        self.state = Mutex(State(collector: CompatibilityCollector(columnCount: columnCount), waiting: waiting))
    }

    var isEmpty: Bool { self.state.withLock { $0.collector.isEmpty } }

    /// Another target has no column.
    func miss(_ target: Compatibility.AbsentTarget) {
        self.state.withLock { state in
            state.waiting.removeAll { $0.name == target.name }
            state.absent.append(target)
        }
    }

    func begin(_ id: String, _ session: RunSession) {
        self.state.withLock { state in
            state.waiting.removeAll { $0.name == id }
            state.current = (id, session)
        }
    }

    /// Takes a run in, unless a signal's thread did.
    func add(_ report: RunReport, id: String, journal: RunJournal? = nil) throws {
        try self.state.withLock { state in
            state.current = nil
            guard state.added.insert(id).inserted else { return }
            try state.collector.add(report, id: id, journal: journal)
        }
    }

    /// Writes the page in all its places, unless that was done.
    ///
    /// - Throws: what could not be written; the rest is.
    /// - Returns: what was put together.
    func write() throws -> CompatibilityPublication {
        try self.state.withLock { try self.write(&$0) }
    }

    private func write(_ state: inout State) throws -> CompatibilityPublication {
        let publication = state.collector.finished(
            tool: .init(version: Version.text),
            madeAt: Date().formatted(.iso8601),
            absent: state.absent + state.waiting,
            since: self.destination.earlier
        )
        if state.isWritten { return publication }
        state.isWritten = true
        var troubles: [Complaint] = []
        func attempt(_ step: () throws -> Void) {
            do { try step() } catch { troubles.append(Complaint(explaining: error)) }
        }
        attempt {
            let moved = try self.destination.place.write { folder throws(ReportDirectory.Unwritten) in
                try publication.write(to: folder)
            }
            Publication.tellMoved(moved)
        }
        if let published = self.destination.published { attempt { try publication.write(to: published) } }
        attempt {
            try self.destination.readme?.fill(with: publication.compatibility, published: self.destination.published)
        }
        guard troubles.isEmpty else {
            throw Complaint(
                troubles.map(\.message).joined(separator: "\n"),
                hint: "make room, or write elsewhere; the rest is written",
                exitStatus: .software
            )
        }
        return publication
    }

    /// Ends the run that is under way, and writes what is known, for a process that exits when this returns.
    func leave() {
        let current = self.state.withLock { $0.current }
        // Programs that are killed would look like a target that failed, so first what is known.
        let report = current?.session.reportSoFar
        current?.session.leave()
        do {
            if let current, let report { try self.add(report, id: current.id, journal: current.session.journal) }
            guard !self.isEmpty else { return }
            _ = try self.write()
            StandardStreams.say("page: \(self.page)\n")
        } catch {
            _ = Ending.report(error)
        }
    }

    var page: String {
        self.destination.place.folder.appending(path: CompatibilityPublication.FileName.html).path
    }
}
