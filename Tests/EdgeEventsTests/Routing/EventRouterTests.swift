import Dispatch
import EdgeCore
import EdgeEvents
import EventTesting
import FolderTesting
import Foundation
import HangTesting
import JSONText
import LogTesting
import ProgramKit
import Synchronization
import Testing

@Suite("Where events go", .noHang)
struct EventRouterTests {
    private let folder: TemporaryFolder
    private let tally = Tally()

    init() throws {
        self.folder = try TemporaryFolder()
    }

    private func router(
        _ destinations: [EventDestination] = [],
        settings: EventRouter.Settings = .init()
    ) throws -> EventRouter {
        try .test(destinations, settings: settings, tally: self.tally)
    }

    private func file(_ name: String) -> EventDestination {
        EventDestination(id: "ed_\(name)", target: .file(path: self.folder.path(name)))
    }

    private func subscription(
        account: String = "ac_1",
        _ sources: [EventSubscription.Source] = [.init(.connectionClosed)],
        to destinations: EventDestination...
    ) -> EventSubscription {
        EventSubscription(id: "esb_1", accountID: account, sources: sources, destinations: destinations)
    }

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: self.folder.path(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func ids(_ name: String) throws -> [String] { try EdgeEventsTests.ids(try self.lines(name)) }

    // MARK: Who gets what

    @Test("the operator gets every event of every account as it is, also those published before the service runs")
    func everything() async throws {
        let events = [
            EdgeEvent(connectionClosed: .test()), .test("ev_2", type: .audit(.domain, .created), account: "ac_2"),
        ]
        let router = try self.router([self.file("all"), self.file("copy")])
        router.publish(events[0])
        try await running(router) { $0.publish(events[1]) }
        #expect(try self.lines("all") == events.map(\.line))
        #expect(try self.lines("copy") == events.map(\.line))
        #expect(self.tally.counts == [.delivered(.file): 4])
    }

    @Test("a subscription gets what it asked for of its own account")
    func routing() async throws {
        let created = EventTypeName.audit(.domain, .created)
        try await running(self.router()) { router in
            try router.replace(subscriptions: [
                self.subscription(to: self.file("closed"), self.file("both")),
                self.subscription([.init(created)], to: self.file("both")),
                self.subscription(account: "ac_2", [.init(created)], to: self.file("other")),
            ])
            router.publish(.test("ev_1"))
            router.publish(.test("ev_2", type: created))
            router.publish(.test("ev_3", account: "ac_2"))
            router.publish(.test("ev_4", type: created, account: "ac_2"))
            router.publish(.test("ev_5", type: .audit(.domain, .deleted)))
        }
        #expect(try self.ids("closed") == ["ev_1"])
        #expect(try self.ids("both") == ["ev_1", "ev_2"])
        #expect(try self.ids("other") == ["ev_4"])
        #expect(self.tally.counts == [.delivered(.file): 4])
    }

    @Test("a filter sees the event, and what is told of it are the fields that were chosen")
    func filterAndFields() async throws {
        let wanted = EdgeEvent(connectionClosed: .test(serverName: "b.example.com"))
        let source = EventSubscription.Source(
            .connectionClosed,
            filter: { $0.object["conn"]?["server_name"]?.text == "b.example.com" },
            fields: FieldSelection(["conn.client_ip"])
        )
        let router = try self.router([self.file("all")])
        try await running(router) { router in
            try router.replace(subscriptions: [
                self.subscription([source], to: self.file("chosen")), self.subscription(to: self.file("whole")),
            ])
            router.publish(EdgeEvent(connectionClosed: .test()))
            router.publish(wanted)
        }
        #expect(try self.lines("chosen") == [wanted.line(["conn.client_ip"])])
        #expect(try self.lines("whole").last == wanted.line)
        #expect(try self.lines("all").last == wanted.line)
    }

    @Test("two subscriptions to one destination each have their event there")
    func shared() async throws {
        try await running(self.router()) { router in
            try router.replace(subscriptions: [
                self.subscription(to: self.file("shared")),
                self.subscription(
                    [.init(.connectionClosed, fields: FieldSelection(["x"]))],
                    to: self.file("shared")
                ),
            ])
            router.publish(.test("ev_1", object: .object([.init("x", .null), .init("y", .null)])))
        }
        let lines = try self.lines("shared")
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix(#""object":{"x":null,"y":null}}"#) == true)
        #expect(lines.last?.hasSuffix(#""object":{"x":null}}"#) == true)
    }

    @Test("whoever publishes does not wait for a filter")
    func filtersElsewhere() async throws {
        let asked = Mutex(0)
        let source = EventSubscription.Source(
            .connectionClosed,
            filter: { _ in
                asked.withLock { $0 += 1 }
                return true
            }
        )
        let router = try self.router()
        try router.replace(subscriptions: [self.subscription([source], to: self.file("filtered"))])
        for number in 0..<100 { router.publish(.test("ev_\(number)")) }
        #expect(asked.withLock { $0 } == 0)
        try await running(router) { _ in }
        #expect(asked.withLock { $0 } == 100)
        #expect(try self.ids("filtered") == (0..<100).map { "ev_\($0)" })
    }

    // MARK: What changes

    @Test("a replacement is for what is published after it, and for nothing before")
    func replacement() async throws {
        let router = try self.router()
        try router.replace(subscriptions: [self.subscription(to: self.file("first"))])
        router.publish(.test("ev_1"))
        try router.replace(subscriptions: [self.subscription(to: self.file("second"))])
        router.publish(.test("ev_2"))
        try router.replace(subscriptions: [])
        router.publish(.test("ev_3"))
        try await running(router) { _ in }
        #expect(try self.ids("first") == ["ev_1"])
        #expect(try self.ids("second") == ["ev_2"])
    }

    @Test("a destination that cannot be opened leaves everything as it was")
    func notOpened() async throws {
        try await running(self.router()) { router in
            try router.replace(subscriptions: [self.subscription(to: self.file("first"))])
            let missing = EventDestination(id: "ed_2", target: .file(path: self.folder.path("missing/events")))
            #expect(throws: Complaint.self) {
                try router.replace(subscriptions: [self.subscription(to: self.file("second"), missing)])
            }
            router.publish(.test("ev_1"))
        }
        #expect(try self.ids("first") == ["ev_1"])
    }

    @Test(
        "while subscriptions are replaced and threads publish, who stays gets each event once, each thread's in order"
    )
    func replacedMeanwhile() async throws {
        let threads = 4
        let count = 2_000
        let steady = self.subscription(to: self.file("steady"))
        let passing = self.subscription(to: self.file("passing"))
        try await running(self.router([self.file("all")])) { router in
            try router.replace(subscriptions: [steady])
            // Threads and not tasks: all tasks together have as many threads as there are cores, and the router needs one.
            await withCheckedContinuation { continuation in
                DispatchQueue(label: "publishers").async {
                    DispatchQueue.concurrentPerform(iterations: threads + 1) { thread in
                        if thread == threads {
                            for round in 0..<200 {
                                do {
                                    try router.replace(
                                        subscriptions: round.isMultiple(of: 2) ? [passing, steady] : [steady]
                                    )
                                } catch {
                                    Issue.record(error)
                                }
                            }
                        } else {
                            for number in 0..<count { router.publish(.test("\(thread) \(number)")) }
                        }
                    }
                    continuation.resume()
                }
            }
        }
        for name in ["steady", "all"] {
            let ids = try self.ids(name)
            #expect(ids.count == threads * count)
            for thread in 0..<threads {
                #expect(ids.filter { $0.hasPrefix("\(thread) ") } == (0..<count).map { "\(thread) \($0)" })
            }
        }
        let passed = try self.ids("passing")
        #expect(Set(passed).count == passed.count, "nobody gets one twice")
        #expect(self.tally.counts == [.delivered(.file): 2 * threads * count + passed.count])
    }

    @Test("after a file was renamed, what comes then is in the new one, and what came before in the old")
    func renamed() async throws {
        let router = try self.router([self.file("operator")])
        try router.replace(subscriptions: [self.subscription(to: self.file("tenant"))])
        router.publish(.test("ev_1"))
        for name in ["operator", "tenant"] {
            try FileManager.default.moveItem(at: self.folder.file(name), to: self.folder.file("\(name).1"))
        }
        router.reopen()
        router.publish(.test("ev_2"))
        try await running(router) { _ in }
        for name in ["operator", "tenant"] {
            #expect(try self.ids("\(name).1") == ["ev_1"])
            #expect(try self.ids(name) == ["ev_2"])
        }
    }

    // MARK: What is lost

    @Test("what a file does not take is counted")
    func full() async throws {
        let log = LineRecorder()
        let router = try EventRouter.test(
            [EventDestination(id: "ed_1", target: .file(path: "/dev/full"))],
            tally: self.tally,
            log: log
        )
        try await running(router) { router in
            for number in 0..<10 { router.publish(.test("ev_\(number)")) }
        }
        #expect(self.tally.counts == [.dropped(.file, .givenUp): 10])
        #expect(log.lines.contains { $0.contains("events could not be written") })
        #expect(log.lines.contains { $0.contains("events were lost") && $0.contains("10") })
    }

    @Test("of more than may be published at once, and after the end, the rest is lost and counted")
    func unrouted() async throws {
        let router = try self.router([self.file("all")], settings: .init(unroutedEvents: 10))
        for number in 0..<15 { router.publish(.test("ev_\(number)")) }
        #expect(self.tally.counts == [.unrouted: 5])
        try await running(router) { _ in await self.tally.wait(for: .delivered(.file), 10) }
        router.publish(.test("late"))
        try router.replace(subscriptions: [self.subscription(to: self.file("late"))])
        #expect(try self.ids("all") == (0..<10).map { "ev_\($0)" })
        #expect(self.tally.counts == [.unrouted: 6, .delivered(.file): 10])
    }

    @Test("a program that fails has its last events in the file")
    func cancelled() async throws {
        let router = try self.router([self.file("all")])
        for number in 0..<20_000 { router.publish(.test("ev_\(number)")) }
        let run = Task { try await router.run() }
        run.cancel()
        try await run.value
        #expect(try self.ids("all").count == 20_000)
    }
}
