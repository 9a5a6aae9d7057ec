import CredentialTesting
import Exchanges
import Legs
import NIOCore
import NIOPosix
import ScenarioModel
import Testing
import Upstreams

/// Worlds in which a target sends clients where they should not go.
@Suite("Whose connection it was", .timeLimit(.minutes(1)))
struct AttributionTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    /// Two cases with an upstream each, the decoy, and an upstream with which the edge speaks TLS.
    private struct World {
        let fleet = UpstreamFleet(group: AttributionTests.group)

        init() async throws {
            let roles: KeyValuePairs<String, Role> = ["a": .edge, "b": .edge, "decoy": .edge, "tls": .reEncrypt]
            let endpoints = roles.map { name, role in
                UpstreamFleet.Endpoint(
                    id: name,
                    plan: EndpointPlan(key: name, domain: "\(name).shakedown.test", role: role),
                    exchange: .echo,
                    seed: 1
                )
            }
            let credential = try TestCredential.server.get()
            try await self.fleet.start(endpoints, credential: { _ in credential })
        }

        func begin(_ name: String) -> UpstreamFleet.Visit {
            self.fleet.begin(name, endpoints: [name], nonces: ["nonce-of-\(name)"], at: .now, deadline: .seconds(10))
        }

        /// Sends these bytes to an upstream, and returns when it has recorded the whole connection.
        func send(_ bytes: [UInt8], to endpoint: String) async throws {
            let dialled = try await LegFactory.dial(
                try #require(self.fleet.address(for: endpoint)),
                from: .loopback,
                caseStart: .now,
                timeout: .seconds(5),
                on: AttributionTests.group
            )
            guard case .connected(let leg) = dialled else { throw CancellationError() }
            leg.setDeadline(.now + .seconds(10))
            leg.send(bytes)
            leg.closeOutput()
            while case .bytes = await leg.next() {}
            await leg.close()
        }

        /// Where connections of this visit are, each by its endpoint's id.
        func places(_ visit: UpstreamFleet.Visit) -> [String] { self.fleet.contacts(of: visit).map(\.endpoint) }
    }

    /// The first flight of a client with this random: no session, one cipher suite, no compression, nine bytes of padding.
    private static func hello(_ random: UInt8) -> [UInt8] {
        [22, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3] + [UInt8](repeating: random, count: 32)
            + [0, 0, 2, 0x13, 0x01, 1, 0, 0, 13, 0, 21, 0, 9] + [UInt8](repeating: 0, count: 9)
    }

    @Test("three bytes of a hello at the decoy condemn nobody, and are a stray")
    func fragment() async throws {
        let world = try await World()
        let (a, b) = (world.begin("a"), world.begin("b"))
        world.fleet.announce(firstFlight: Self.hello(1), of: a)
        world.fleet.announce(firstFlight: Self.hello(2), of: b)
        try await world.send(Array(Self.hello(1)[..<3]), to: "decoy")
        #expect(world.places(a).isEmpty && world.places(b).isEmpty)
        #expect(world.fleet.strays == ["decoy.shakedown.test": 1])
        await world.fleet.stop()
    }

    @Test("a hello at any other upstream is its own client's, and no connection of the case it came to")
    func misrouted() async throws {
        let world = try await World()
        let (a, b) = (world.begin("a"), world.begin("b"))
        world.fleet.announce(firstFlight: Self.hello(1), of: a)
        world.fleet.announce(firstFlight: Self.hello(2), of: b)
        try await world.send(Self.hello(1), to: "b")
        try await world.send(Self.hello(1), to: "decoy")
        try await world.send(Array("shakedown nonce-of-b\n".utf8), to: "b")
        #expect(world.places(a) == ["b", "decoy"])
        #expect(world.places(b) == ["b"])
        #expect(world.fleet.contacts(of: a).map(\.plan.domain) == ["b.shakedown.test", "decoy.shakedown.test"])
        #expect(world.fleet.strays.isEmpty)
        await world.fleet.stop()
    }

    @Test("the edge's own hello to an upstream with TLS is nobody's bytes; a part of one, or anything else, is a stray")
    func ownHello() async throws {
        let world = try await World()
        let a = world.begin("a")
        world.fleet.announce(firstFlight: Self.hello(1), of: a)
        try await world.send(Self.hello(9), to: "tls")
        #expect(world.places(a).isEmpty)
        #expect(world.fleet.strays.isEmpty)
        try await world.send(Array(Self.hello(1)[..<30]), to: "tls")
        #expect(world.fleet.strays == ["tls.shakedown.test": 1])
        try await world.send(Array("GET / HTTP/1.1\r\nHost: a.shakedown.test\r\n\r\n".utf8), to: "tls")
        #expect(world.fleet.strays == ["tls.shakedown.test": 2])
        try await world.send(Self.hello(9), to: "decoy")
        #expect(world.fleet.strays == ["tls.shakedown.test": 2, "decoy.shakedown.test": 1])
        await world.fleet.stop()
    }

    @Test("of a fleet that is cleared nothing is known any more: not whose a connection was, nor who was nobody's")
    func cleared() async throws {
        let world = try await World()
        let a = world.begin("a")
        world.fleet.announce(firstFlight: Self.hello(1), of: a)
        try await world.send(Self.hello(1), to: "a")
        try await world.send(Self.hello(1), to: "b")
        try await world.send(Array(Self.hello(2)[..<3]), to: "decoy")
        await world.fleet.stop()
        #expect(world.places(a) == ["a", "b"])
        #expect(world.fleet.strays == ["decoy.shakedown.test": 1])
        world.fleet.forgetAll()
        #expect(world.places(a).isEmpty)
        #expect(world.fleet.strays.isEmpty)
        #expect(world.fleet.address(for: "a") == nil)
    }

    @Test("two clients with one random are told from each other by nothing, so nobody is blamed")
    func ambiguous() async throws {
        let world = try await World()
        let (a, b) = (world.begin("a"), world.begin("b"))
        world.fleet.announce(firstFlight: Self.hello(1), of: a)
        world.fleet.announce(firstFlight: Self.hello(1), of: b)
        try await world.send(Self.hello(1), to: "decoy")
        #expect(world.places(a).isEmpty && world.places(b).isEmpty)
        #expect(world.fleet.strays.count == 1)
        await world.fleet.stop()
    }

    @Test("an opening that is no hello tells its case when it is whole and no other's")
    func openings() async throws {
        let world = try await World()
        let own = Array("GET / HTTP/1.1\r\nHost: a.shakedown.test\r\n\r\n".utf8)
        let shared = Array("EHLO client.example\r\nSTARTTLS\r\n".utf8)
        for (testCase, opening) in [("a", own), ("a", shared), ("b", shared), ("b", Array("STLS\r\n".utf8))] {
            world.fleet.expect(opening: opening, of: testCase)
        }
        let (a, b) = (world.begin("a"), world.begin("b"))
        try await world.send(own, to: "decoy")
        try await world.send(Array(own.dropLast(3)), to: "decoy")
        try await world.send(shared, to: "decoy")
        try await world.send(Array("STLS\r\n".utf8), to: "decoy")
        #expect(world.places(a) == ["decoy"])
        #expect(world.places(b).isEmpty)
        #expect(world.fleet.strays == ["decoy.shakedown.test": 3])
        await world.fleet.stop()
    }

    @Test("bytes that tell nobody are put to the case at whose upstream they came, while it had no other connection")
    func own() async throws {
        let world = try await World()
        try await world.send([1, 2, 3], to: "a")
        let a = world.begin("a")
        #expect(world.places(a).isEmpty, "it came before the case began")
        try await world.send([1, 2, 3], to: "a")
        #expect(world.places(a) == ["a"], "an edge that mangles what it passes on is found out")
        try await world.send(Array("shakedown nonce-of-a\n".utf8), to: "a")
        #expect(world.fleet.contacts(of: a).map(\.connection.applicationReceived.count) == [21])
        await world.fleet.stop()
    }

    @Test("whoever waits for his own connections does not wait for one that is another's at the same upstream")
    func others() async throws {
        let world = try await World()
        let first = world.begin("a")
        try await world.send(Array("shakedown nonce-of-a\n".utf8), to: "a")
        let second = world.begin("a")
        let dialled = try await LegFactory.dial(
            try #require(world.fleet.address(for: "a")),
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(5),
            on: Self.group
        )
        guard case .connected(let leg) = dialled else { throw CancellationError() }
        leg.setDeadline(.now + .seconds(30))
        leg.send(Array("shakedown nonce-of-a\n".utf8))
        guard case .bytes = await leg.next() else { throw CancellationError() }
        #expect(await world.fleet.waitUntilIdle(first, timeout: .seconds(20)))
        #expect(!(await world.fleet.waitUntilIdle(second, timeout: .zero)))
        await leg.close()
        await world.fleet.stop()
    }

    @Test("a case that is played again has connections of its own")
    func again() async throws {
        let world = try await World()
        let first = world.begin("a")
        try await world.send(Array("shakedown nonce-of-a\n".utf8), to: "decoy")
        let second = world.begin("a")
        #expect(world.places(first) == ["decoy"])
        #expect(world.places(second).isEmpty)
        world.fleet.forget(first)
        #expect(world.places(first).isEmpty && world.fleet.strays.isEmpty)
        await world.fleet.stop()
    }
}
