/// What became of some events, as it is counted.
package enum EventOutcome: Hashable, Sendable {
    /// Written, or accepted by who was asked to take them.
    case delivered(EventDestination.Kind)
    case dropped(EventDestination.Kind, DropReason)
    /// They were sent again.
    case retried(EventDestination.Kind)
    /// More were published at once than were looked at, or after the end: nobody knows who would have got them.
    case unrouted

    package enum DropReason: String, CaseIterable, Hashable, Sendable {
        /// The destination was slower than its events for too long.
        case queueFull = "queue_full"
        /// The destination did not take them, or not in time.
        case givenUp = "given_up"
        /// They waited still when the program had to end, or when nobody wanted them there any more.
        case shutdown
    }
}

extension EventOutcome: CaseIterable {
    package static var allCases: [EventOutcome] {
        EventDestination.Kind.allCases.flatMap { kind in
            [.delivered(kind), .retried(kind)] + DropReason.allCases.map { .dropped(kind, $0) }
        } + [.unrouted]
    }
}

/// Called with a number of events, from any thread, and must not wait.
package typealias EventCounting = @Sendable (EventOutcome, Int) -> Void
