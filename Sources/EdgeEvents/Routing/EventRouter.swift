package import Logging
package import ProgramKit
import ServiceLifecycle
import Synchronization

/// Takes the edge's events from wherever they happen, and gives them to all who want them.
///
/// Whoever publishes waits for nothing but one short lock. Who wants an event is found out, and the event encoded, in one task
/// of this service's own; each destination then has a queue and a task or thread of its own, so that one that is slow or dead
/// holds up nobody.
package final class EventRouter: Service {
    package struct Settings: Sendable {
        package var webhooks: WebhookSettings
        /// What a webhook has to take what is queued when the service is shut down, or nobody wants it there any more. A file
        /// has it too, for as long as it moves (``LineWriter/finish(patience:clock:)``).
        package var drain: Duration
        /// Events published and not yet looked at: more than the 20,000 connections (the default of `limits.connections`) that
        /// may end at once.
        package var unroutedEvents: Int

        package init(
            webhooks: WebhookSettings = WebhookSettings(),
            drain: Duration = .seconds(10),
            unroutedEvents: Int = 65_536
        ) {
            self.webhooks = webhooks
            self.drain = drain
            self.unroutedEvents = unroutedEvents
        }
    }

    private let settings: Settings
    private let counting: EventCounting
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let inbox: EventInbox
    private let operatorsOutlets: [any Outlet]
    /// Of the subscriptions. Held while files are opened, so that a replacement is whole before the next begins.
    private let outlets = Mutex<[EventDestination: any Outlet]>([:])

    /// - Parameters:
    ///   - destinations: The operator's, which get every event of every account as it is.
    ///   - counting: Called with what becomes of events.
    ///   - clock: What waits between tries go by.
    /// - Throws: when a file cannot be opened for appending.
    package init(
        _ destinations: [EventDestination],
        settings: Settings = Settings(),
        counting: @escaping EventCounting,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws(Complaint) {
        self.settings = settings
        self.counting = counting
        self.logger = logger
        self.clock = clock
        self.inbox = EventInbox(limit: settings.unroutedEvents)
        var outlets: [any Outlet] = []
        for destination in destinations {
            outlets.append(
                try Self.outlet(of: destination, settings: settings, counting: counting, logger: logger, clock: clock)
            )
        }
        self.operatorsOutlets = outlets
        self.inbox.put(.routes(RouteTable(unconditional: outlets), beginning: outlets, ending: []))
    }

    // MARK: From any thread

    /// Never waits. What is published before ``run()`` is kept for it.
    package func publish(_ event: EdgeEvent) {
        if !self.inbox.put(event) { self.counting(.unrouted, 1) }
    }

    /// What is published from now on goes by these subscriptions, and what was published before by those that were before.
    ///
    /// A destination that was there before, and is the same, goes on with what it has queued. One that is not wanted any more
    /// has ``Settings/drain`` to take that.
    ///
    /// - Throws: when a file cannot be opened for appending. Nothing is replaced then.
    package func replace(subscriptions: [EventSubscription]) throws(Complaint) {
        try self.outlets.withLock { outlets throws(Complaint) in
            var wanted: [EventDestination: any Outlet] = [:]
            var new: [any Outlet] = []
            for destination in subscriptions.flatMap(\.destinations) where wanted[destination] == nil {
                if let outlet = outlets[destination] {
                    wanted[destination] = outlet
                } else {
                    let outlet = try Self.outlet(
                        of: destination,
                        settings: self.settings,
                        counting: self.counting,
                        logger: self.logger,
                        clock: self.clock
                    )
                    wanted[destination] = outlet
                    new.append(outlet)
                }
            }
            var table = RouteTable(unconditional: self.operatorsOutlets)
            for subscription in subscriptions {
                table.add(subscription, outlets: subscription.destinations.compactMap { wanted[$0] })
            }
            let unwanted = outlets.filter { wanted[$0.key] == nil }.map(\.value)
            outlets = wanted
            guard !self.inbox.put(.routes(table, beginning: new, ending: unwanted)) else { return }
            // The service has ended, and these with it: nobody runs them.
            for outlet in new {
                outlet.end(within: .zero)
                Task { await outlet.run() }
            }
        }
    }

    /// Has later events written to the files that have the configured names by then: the old ones may have been renamed.
    package func reopen() { self.inbox.put(.reopening) }

    // MARK: The service

    /// Stays until the graceful shutdown, and until what is waiting then is delivered or given up.
    ///
    /// A group shuts its services down backwards, so that the one which publishes has ended before this one does. Where it is
    /// cancelled instead, files get their events all the same, and webhooks have no time.
    package func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                // No child of what may be cancelled: the last events of a program that fails are written too.
                await Task { await self.route() }.value
            } onGracefulShutdown: {
                self.inbox.put(.end(drain: self.settings.drain))
            }
        } onCancel: {
            self.inbox.put(.end(drain: .zero))
        }
    }

    private func route() async {
        await withDiscardingTaskGroup { group in
            var table = RouteTable(unconditional: [])
            var open: [any Outlet] = []
            while true {
                for entry in await self.inbox.entries() {
                    switch entry {
                    case .event(let event): table.deliver(event)
                    case .routes(let next, let beginning, let ending):
                        table = next
                        for outlet in beginning { group.addTask { await outlet.run() } }
                        for outlet in ending { outlet.end(within: self.settings.drain) }
                        open.removeAll { outlet in ending.contains { $0 === outlet } }
                        open += beginning
                    case .reopening:
                        for outlet in open { outlet.reopen() }
                    case .end(let drain):
                        for outlet in open { outlet.end(within: drain) }
                        return
                    }
                }
            }
        }
    }

    private static func outlet(
        of destination: EventDestination,
        settings: Settings,
        counting: @escaping EventCounting,
        logger: Logger,
        clock: some Clock<Duration>
    ) throws(Complaint) -> any Outlet {
        switch destination.target {
        case .standardOutput:
            LineOutlet(.standardOutput, kind: destination.kind, counting: counting, logger: logger)
        case .file(let path):
            LineOutlet(
                try CheckedOutput(appendingTo: path),
                kind: destination.kind,
                counting: counting,
                logger: logger
            )
        case .webhook(let webhook):
            WebhookOutlet(
                webhook,
                id: destination.id,
                settings: settings.webhooks,
                counting: counting,
                logger: logger,
                clock: clock
            )
        }
    }
}
