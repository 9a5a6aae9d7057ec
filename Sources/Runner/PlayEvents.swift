import Checks
import Foundation
import ScenarioModel

/// Which of a target's events are of one play of a case.
///
/// A case that is played again has the names it had before, and the events of its earlier plays may be written at any time:
/// the target may have been slow, or a connection have lived on. Those that were there when the play began are not its own,
/// and neither is one whose connection came before that.
struct PlayEvents: Sendable {
    typealias Log = (_ serverName: String) -> [ConnectionEvent]

    private let names: [String]
    /// Of a play that is the first, everything is its own.
    private var earlier: (counts: [String: Int], end: Instant)?

    init(of testCase: Case, repetition: Int, now: Instant = .now, log: Log) {
        var names = Set(testCase.endpoints.map(\.domain))
        names.formUnion(testCase.clientPlans.compactMap { $0.serverName?.lowercased() })
        self.names = names.sorted()
        guard repetition > 0 else { return }
        let counts = Dictionary(uniqueKeysWithValues: names.map { ($0, log($0).count) })
        self.earlier = (counts, now)
    }

    func all(in log: Log) -> [ConnectionEvent] {
        self.names.flatMap { name in
            let events = log(name)
            guard let earlier = self.earlier else { return events }
            return events.dropFirst(earlier.counts[name] ?? 0).filter { event in
                // A time that cannot be read says nothing, and is judged.
                Instant(rfc3339: event.startTimestamp).map { !$0.isSurelyBefore(earlier.end) } ?? true
            }
        }
    }
}

extension Instant {
    static var now: Self {
        let time = Date().timeIntervalSince1970
        let seconds = time.rounded(.down)
        return Self(secondsSince1970: Int(seconds), nanoseconds: Int((time - seconds) * 1e9))
    }
}
