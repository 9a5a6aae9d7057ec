import ClockTesting
import ConfigurationFiles
import CredentialTesting
import EdgeCore
import EdgeEvents
import EventTesting
import HangTesting
import LogTesting
import NIOHTTP1
import NIOSSL
import Testing

@Suite("Events that are sent to webhooks", .noHang)
struct WebhookDeliveryTests {
    private let tally = Tally()
    private let log = LineRecorder()

    /// Milliseconds where an edge has seconds.
    private static func settings(
        tries: Int = 100,
        answering: Duration = .seconds(60),
        connecting: Duration = .seconds(60),
        drain: Duration = .seconds(60),
        queuedEvents: Int = 10_000,
        batchEvents: Int = 100
    ) -> EventRouter.Settings {
        EventRouter.Settings(
            webhooks: WebhookSettings(
                queuedEvents: queuedEvents,
                batchEvents: batchEvents,
                retrying: RetryPolicy(firstWait: .milliseconds(1), longestWait: .milliseconds(2), tries: tries),
                connecting: connecting,
                answering: answering
            ),
            drain: drain
        )
    }

    private func router(
        _ destinations: [EventDestination],
        settings: EventRouter.Settings = WebhookDeliveryTests.settings(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws -> EventRouter {
        try .test(destinations, settings: settings, tally: self.tally, log: self.log, clock: clock)
    }

    private static func destination(_ port: DeadPort) throws -> EventDestination {
        let url = Secret("http://127.0.0.1:\(port.port)/")
        let webhook = try Webhook(url: url, headers: [], trust: .system, reach: .anywhere)
        return EventDestination(id: "ed_1", target: .webhook(webhook))
    }

    // MARK: What is sent

    @Test("a request is a POST of a JSON array, with the headers that were asked for")
    func request() async throws {
        try await EventServer.run { _ in
            .status(204)
        } body: { server in
            let headers = [
                Webhook.Header("Authorization", Secret("Bearer hidden")), Webhook.Header("X-Other", Secret("1")),
            ]
            let events = [EdgeEvent(connectionClosed: .test(decision: .allow)), .test("ev_2")]
            try await running(self.router([server.destination(headers: headers)])) { router in
                router.publish(events[0])
                await server.wait(forRequests: 1)
                router.publish(events[1])
                await self.tally.wait(for: .delivered(.webhook), 2)
            }
            let requests = server.requests
            #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == events.map { "[\($0.line)]" })
            for request in requests {
                #expect(request.head.method == .POST)
                #expect(request.head.uri == "/hooks?key=in-the-url")
                #expect(request.head.headers["Content-Type"] == ["application/json"])
                #expect(request.head.headers["Authorization"] == ["Bearer hidden"])
                #expect(request.head.headers["X-Other"] == ["1"])
                #expect(request.head.headers["User-Agent"] == ["shakedown-edge"])
            }
        }
        #expect(self.tally.counts == [.delivered(.webhook): 2])
    }

    @Test("what waits while one request is under way goes together, in order and within the bound of a batch")
    func batches() async throws {
        try await EventServer.run {
            $0 == 0 ? .status(503) : .status(200)
        } body: { server in
            let router = try self.router([server.destination()], settings: Self.settings(batchEvents: 10))
            // Before it runs, so that all of them wait.
            for number in 0..<25 { router.publish(.test("ev_\(number)")) }
            try await running(router) { _ in await self.tally.wait(for: .delivered(.webhook), 25) }
            let bodies = try server.requests.map { try $0.ids }
            #expect(bodies.allSatisfy { $0.count <= 10 })
            #expect(bodies[0] == bodies[1], "what failed is repeated as it was")
            #expect(bodies.dropFirst().flatMap { $0 } == (0..<25).map { "ev_\($0)" })
        }
    }

    @Test("a certificate must come from a CA that is trusted for this destination")
    func trust() async throws {
        let authority = try TestAuthority()
        let issued = try authority.issue(["localhost"])
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8))
                    .map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem))
            )
        )
        let trusted = Webhook.Trust.authorities(
            try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8))
        )
        let other = Webhook.Trust.authorities(
            try NIOSSLCertificate.fromPEMBytes(Array(try TestAuthority(name: "Other").certificatePEM.utf8))
        )
        try await EventServer.run(tls: context, host: "localhost") { _ in
            .status(200)
        } body: { server in
            let destinations = [
                try server.destination("ed_1", trust: trusted), try server.destination("ed_2", trust: other),
                try server.destination("ed_3"),
            ]
            try await running(self.router(destinations, settings: Self.settings(tries: 2))) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .delivered(.webhook), 1)
                await self.tally.wait(for: .dropped(.webhook, .givenUp), 2)
            }
            #expect(server.requests.count == 1, "who is not trusted is sent nothing")
        }
    }

    // MARK: What goes wrong

    @Test("what a destination fails on twice is delivered once it does not, and then no more")
    func failsTwice() async throws {
        try await EventServer.run {
            $0 < 2 ? .status(500) : .status(200)
        } body: { server in
            try await running(self.router([server.destination()])) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .delivered(.webhook), 1)
                router.publish(.test("ev_2"))
                await self.tally.wait(for: .delivered(.webhook), 2)
            }
            #expect(try server.requests.map { try $0.ids } == [["ev_1"], ["ev_1"], ["ev_1"], ["ev_2"]])
        }
        #expect(self.tally.counts == [.delivered(.webhook): 2, .retried(.webhook): 2])
        #expect(
            self.log.lines.filter { $0.contains("taken") }.count == 2,
            "one line when it began, and one when it was over"
        )
    }

    @Test("a connection that ends without an answer is tried again")
    func hangsUp() async throws {
        try await EventServer.run {
            $0 == 0 ? .hangUp : .status(200)
        } body: { server in
            try await running(self.router([server.destination()])) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
            #expect(server.requests.count == 2)
        }
        #expect(self.tally.counts == [.delivered(.webhook): 1, .retried(.webhook): 1])
    }

    @Test("how long a destination asks to be left alone is waited for")
    func retryAfter() async throws {
        let clock = ImpatientClock()
        try await EventServer.run {
            $0 == 0 ? .status(429, [("Retry-After", "37")]) : .status(200)
        } body: { server in
            try await running(self.router([server.destination()], clock: clock)) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
            #expect(server.requests.count == 2)
        }
        #expect(clock.sleeps.contains(.seconds(37)))
    }

    @Test("what is refused is given up at once, and what comes after it is sent", arguments: [400, 401, 404, 413, 308])
    func refused(_ status: Int) async throws {
        try await EventServer.run {
            $0 == 0 ? .status(status, [("Location", "/other")]) : .status(200)
        } body: { server in
            try await running(self.router([server.destination()])) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .dropped(.webhook, .givenUp), 1)
                router.publish(.test("ev_2"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
            #expect(try server.requests.map { try $0.ids } == [["ev_1"], ["ev_2"]])
        }
        #expect(self.tally.counts == [.dropped(.webhook, .givenUp): 1, .delivered(.webhook): 1])
    }

    @Test("where nobody listens an event is given up after its tries")
    func nobodyListens() async throws {
        let port = try DeadPort(.refusing)
        try await running(self.router([Self.destination(port)], settings: Self.settings(tries: 3))) { router in
            router.publish(.test("ev_1"))
            await self.tally.wait(for: .dropped(.webhook, .givenUp), 1)
        }
        withExtendedLifetime(port) {}
        #expect(self.tally.counts == [.dropped(.webhook, .givenUp): 1, .retried(.webhook): 2])
    }

    @Test("one that takes requests and says nothing is not waited for longer than it may take")
    func silent() async throws {
        try await EventServer.run {
            $0 == 0 ? .silence : .status(200)
        } body: { server in
            try await running(
                self.router([server.destination()], settings: Self.settings(answering: .milliseconds(50)))
            ) { router in
                router.publish(.test("ev_1"))
                await server.wait(forRequests: 1)
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
        }
        #expect(self.tally.counts[.delivered(.webhook)] == 1)
    }

    @Test("one to which no connection comes about is not waited for longer than it may take")
    func unreachable() async throws {
        let port = try DeadPort(.silent)
        let settings = Self.settings(tries: 2, connecting: .milliseconds(20))
        try await running(self.router([Self.destination(port)], settings: settings)) { router in
            router.publish(.test("ev_1"))
            await self.tally.wait(for: .dropped(.webhook, .givenUp), 1)
        }
        #expect(self.tally.counts == [.dropped(.webhook, .givenUp): 1, .retried(.webhook): 1])
        withExtendedLifetime(port) {}
    }

    @Test("what leads to the edge's own machine is sent nothing where only public addresses may be reached")
    func notPublic() async throws {
        try await EventServer.run(host: "localhost") { _ in
            .status(200)
        } body: { server in
            try await running(self.router([server.destination(reach: .publicAddresses)])) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .dropped(.webhook, .givenUp), 1)
                router.publish(.test("ev_2"))
                await self.tally.wait(for: .dropped(.webhook, .givenUp), 2)
            }
            #expect(server.requests.isEmpty)
        }
        #expect(self.tally.counts == [.dropped(.webhook, .givenUp): 2])
        #expect(self.log.lines.contains { $0.contains("its address is not a public one") })
    }

    // MARK: Others' business

    @Test("a destination that hangs holds up neither another, nor whoever publishes")
    func independent() async throws {
        try await EventServer.run { _ in
            .silence
        } body: { hanging in
            try await EventServer.run { _ in
                .status(200)
            } body: { server in
                let destinations = [try hanging.destination("ed_1"), try server.destination("ed_2")]
                let settings = Self.settings(drain: .zero)
                try await running(self.router(destinations, settings: settings)) { router in
                    router.publish(.test("ev_0"))
                    await hanging.wait(forRequests: 1)
                    for number in 1..<1_000 { router.publish(.test("ev_\(number)")) }
                    await self.tally.wait(for: .delivered(.webhook), 1_000)
                }
                #expect(hanging.requests.count == 1, "one request at a time")
                #expect(try server.requests.flatMap { try $0.ids } == (0..<1_000).map { "ev_\($0)" })
            }
        }
        #expect(self.tally.counts == [.delivered(.webhook): 1_000, .dropped(.webhook, .shutdown): 1_000])
    }

    @Test("destinations of one service do not wait for each other's connections")
    func sameService() async throws {
        try await EventServer.run {
            $0 < 20 ? .silence : .status(200)
        } body: { server in
            let hanging = try (0..<20).map { try server.destination("ed_\($0)") }
            let router = try self.router(hanging, settings: Self.settings(drain: .zero))
            try await running(router) { router in
                router.publish(.test("ev_1"))
                await server.wait(forRequests: 20)
                try router.replace(subscriptions: [
                    EventSubscription(
                        id: "esb_1",
                        accountID: "ac_2",
                        sources: [.init(.connectionClosed)],
                        destinations: [try server.destination("ed_other")]
                    )
                ])
                router.publish(.test("ev_2", account: "ac_2"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
        }
    }

    @Test("what a queue has no room for is lost and counted, and it is the newest")
    func overflow() async throws {
        try await EventServer.run {
            $0 == 0 ? .silence : .status(200)
        } body: { server in
            let settings = Self.settings(queuedEvents: 10)
            try await running(self.router([server.destination()], settings: settings)) { router in
                router.publish(.test("ev_0"))
                await server.wait(forRequests: 1)
                // The first is under way and waits with the others.
                for number in 1..<30 { router.publish(.test("ev_\(number)")) }
                await self.tally.wait(for: .dropped(.webhook, .queueFull), 20)
                server.hangUp()
                await self.tally.wait(for: .delivered(.webhook), 10)
            }
            #expect(try server.requests.dropFirst().flatMap { try $0.ids } == (0..<10).map { "ev_\($0)" })
        }
        #expect(self.tally.counts[.dropped(.webhook, .queueFull)] == 20)
        #expect(self.log.lines.count { $0.contains("events were lost") && $0.contains("20") } == 1)
    }

    // MARK: A replacement

    private func subscription(_ destination: EventDestination) -> EventSubscription {
        EventSubscription(
            id: "esb_1",
            accountID: "ac_1",
            sources: [.init(.connectionClosed)],
            destinations: [destination]
        )
    }

    @Test("a destination that stays goes on with what it has queued, in order")
    func stays() async throws {
        try await EventServer.run {
            $0 == 0 ? .silence : .status(200)
        } body: { server in
            try await running(self.router([])) { router in
                try router.replace(subscriptions: [self.subscription(server.destination())])
                router.publish(.test("ev_1"))
                await server.wait(forRequests: 1)
                try router.replace(subscriptions: [self.subscription(server.destination())])
                router.publish(.test("ev_2"))
                server.hangUp()
                await self.tally.wait(for: .delivered(.webhook), 2)
            }
            #expect(try server.requests.dropFirst().flatMap { try $0.ids } == ["ev_1", "ev_2"])
        }
    }

    @Test("one that is not wanted any more has the time to take what was published before")
    func unwanted() async throws {
        try await EventServer.run {
            $0 == 0 ? .status(503) : .status(200)
        } body: { server in
            try await running(self.router([])) { router in
                try router.replace(subscriptions: [self.subscription(server.destination())])
                router.publish(.test("ev_1"))
                try router.replace(subscriptions: [])
                router.publish(.test("ev_2"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
            #expect(try server.requests.map { try $0.ids } == [["ev_1"], ["ev_1"]])
        }
    }

    @Test("one whose secret has changed is another, which is sent what is published from then on")
    func changed() async throws {
        try await EventServer.run { _ in
            .status(200)
        } body: { server in
            try await running(self.router([])) { router in
                for (number, value) in ["first", "second"].enumerated() {
                    let headers = [Webhook.Header("Authorization", Secret(value))]
                    try router.replace(subscriptions: [self.subscription(server.destination(headers: headers))])
                    router.publish(.test("ev_\(number)"))
                    await self.tally.wait(for: .delivered(.webhook), number + 1)
                }
            }
            #expect(server.requests.map { $0.head.headers["Authorization"] } == [["first"], ["second"]])
        }
    }

    // MARK: The end

    @Test("a destination that would be tried again after the end does not hold it up")
    func endsWhilePaused() async throws {
        try await EventServer.run { _ in
            .status(429, [("Retry-After", "300")])
        } body: { server in
            let router = try self.router([server.destination()], settings: Self.settings(drain: .seconds(200)))
            try await running(router) { router in
                router.publish(.test("ev_1"))
                await server.wait(forRequests: 1)
            }
        }
        #expect(self.tally.counts == [.dropped(.webhook, .shutdown): 1])
    }

    @Test("what waits at the end is delivered in the time there is")
    func drains() async throws {
        try await EventServer.run {
            $0 < 3 ? .status(503) : .status(200)
        } body: { server in
            let router = try self.router([server.destination()])
            try await running(router) { router in
                for number in 0..<500 { router.publish(.test("ev_\(number)")) }
            }
            #expect(try server.requests.dropFirst(3).flatMap { try $0.ids } == (0..<500).map { "ev_\($0)" })
        }
        #expect(self.tally.counts[.delivered(.webhook)] == 500)
    }

    @Test("a destination that hangs does not hold up the end, and what it did not take is counted")
    func endsWhileHanging() async throws {
        try await EventServer.run { _ in
            .silence
        } body: { server in
            let router = try self.router([server.destination()], settings: Self.settings(drain: .milliseconds(20)))
            try await running(router) { router in
                for number in 0..<5 { router.publish(.test("ev_\(number)")) }
                await server.wait(forRequests: 1)
            }
        }
        #expect(self.tally.counts == [.dropped(.webhook, .shutdown): 5])
        #expect(self.log.lines.contains { $0.contains("events were lost") && $0.contains("5") })
    }

    @Test("a destination to which no connection comes about does not hold up the end either")
    func endsWhileConnecting() async throws {
        let port = try DeadPort(.silent)
        // A connection would be waited for longer than this test may take.
        let settings = Self.settings(connecting: .seconds(600), drain: .milliseconds(20))
        let router = try self.router([Self.destination(port)], settings: settings)
        try await running(router) { router in router.publish(.test("ev_1")) }
        #expect(self.tally.counts == [.dropped(.webhook, .shutdown): 1])
        withExtendedLifetime(port) {}
    }

    @Test("a program that fails gives webhooks no time")
    func cancelled() async throws {
        try await EventServer.run { _ in
            .silence
        } body: { server in
            let router = try self.router([server.destination()])
            let run = Task { try await router.run() }
            router.publish(.test("ev_1"))
            await server.wait(forRequests: 1)
            run.cancel()
            try await run.value
        }
        #expect(self.tally.counts == [.dropped(.webhook, .shutdown): 1])
    }

    @Test("nothing that is logged has a secret in it, whatever a destination does")
    func secretsInLogs() async throws {
        let replies: [EventServer.Reply] = [.status(500), .hangUp, .status(302, [("Location", "/")]), .status(200)]
        let headers = [Webhook.Header("Authorization", Secret("hidden"))]
        try await EventServer.run {
            replies[min($0, 3)]
        } body: { server in
            try await running(self.router([server.destination(headers: headers)])) { router in
                router.publish(.test("ev_1"))
                await self.tally.wait(for: .dropped(.webhook, .givenUp), 1)
                router.publish(.test("ev_2"))
                await self.tally.wait(for: .delivered(.webhook), 1)
            }
            #expect(server.requests.count == 4)
        }
        #expect(!self.log.lines.isEmpty)
        #expect(!self.log.lines.contains { $0.contains("hidden") || $0.contains("in-the-url") })
    }
}
