import Synchronization

/// What was published and not yet looked at, with what changes where it goes in its place among it. From any thread.
///
/// Filters and encoding take longer than an event loop has time for, and it would need the lock of every destination.
final class EventInbox: Sendable {
    enum Entry: Sendable {
        case event(EdgeEvent)
        /// What was published before goes by the routes before.
        case routes(RouteTable, beginning: [any Outlet], ending: [any Outlet])
        /// Files that have been renamed: what was published before goes to the old ones.
        case reopening
        case end(drain: Duration)
    }

    private struct State {
        var entries: [Entry] = []
        var eventCount = 0
        var hasEnded = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let bell = Bell()

    /// - Parameter limit: of events.
    init(limit: Int) {
        self.limit = limit
    }

    /// `false` when there is no room, or the end has come.
    func put(_ event: EdgeEvent) -> Bool {
        let isTaken = self.state.withLock { state in
            guard !state.hasEnded, state.eventCount < self.limit else { return false }
            state.entries.append(.event(event))
            state.eventCount += 1
            return true
        }
        if isTaken { self.bell.ring() }
        return isTaken
    }

    /// For what is no event. Of these there are few. `false` after the end.
    @discardableResult
    func put(_ entry: Entry) -> Bool {
        let isTaken = self.state.withLock { state in
            guard !state.hasEnded else { return false }
            state.entries.append(entry)
            if case .end = entry { state.hasEnded = true }
            return true
        }
        if isTaken { self.bell.ring() }
        return isTaken
    }

    /// All there is, in order, once there is something.
    func entries() async -> [Entry] {
        while true {
            let entries = self.state.withLock { state in
                defer {
                    state.entries = []
                    state.eventCount = 0
                }
                return state.entries
            }
            if !entries.isEmpty { return entries }
            await self.bell.wait()
        }
    }
}
