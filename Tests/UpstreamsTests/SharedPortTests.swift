import Addresses
import CredentialTesting
import HangTesting
import Legs
import NIOCore
import NIOPosix
import ScenarioModel
import Testing
import Upstreams

@Suite("Ports that endpoints share", .noHang)
struct SharedPortTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private func fleet(at address: TransportAddress) async throws -> UpstreamFleet {
        let fleet = UpstreamFleet(group: Self.group)
        let plan = EndpointPlan(key: "tenant", domain: "a.example.test", role: .passthrough)
        let credential = try TestCredential.server.get()
        try await fleet.start(
            ["one", "two"].map { .init(id: $0, plan: plan, exchange: .echo, seed: 1, address: address) },
            credential: { _ in credential }
        )
        return fleet
    }

    private func taken() async throws -> (listener: any Channel, address: TransportAddress) {
        let listener = try await ServerBootstrap(group: Self.group).bind(host: "127.0.0.1", port: 0).get()
        return (listener, try #require(TransportAddress(listener.localAddress)))
    }

    private func freeAddress() async throws -> TransportAddress {
        let (listener, address) = try await self.taken()
        try await listener.close()
        return address
    }

    private func call(_ address: TransportAddress) async throws {
        let dialled = try await LegFactory.dial(
            address,
            from: .loopback,
            caseStart: .now,
            timeout: .seconds(5),
            on: Self.group
        )
        guard case .connected(let leg) = dialled else { throw CancellationError() }
        await leg.close()
    }

    /// Waits until a connection has come to the visit's upstream, and has ended.
    private func contact(of visit: UpstreamFleet.Visit, in fleet: UpstreamFleet) async throws {
        while fleet.contacts(of: visit).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await fleet.waitUntilIdle(visit, timeout: .seconds(60)))
        #expect(fleet.contacts(of: visit).count == 1)
    }

    @Test("whoever comes has reached the endpoint whose turn it is, and the next waits until it is over")
    func turns() async throws {
        let address = try await self.freeAddress()
        let fleet = try await self.fleet(at: address)
        let first = try await fleet.awaitTurn(of: ["one"])
        let second = Task { try await fleet.awaitTurn(of: ["two"]) }
        let one = fleet.begin("1", endpoints: ["one"], nonces: ["n"], at: .now, deadline: .seconds(60))
        try await self.call(address)
        try await self.contact(of: one, in: fleet)
        first.end()
        let turn = try await second.value
        let two = fleet.begin("2", endpoints: ["two"], nonces: ["m"], at: .now, deadline: .seconds(60))
        try await self.call(address)
        try await self.contact(of: two, in: fleet)
        #expect(fleet.contacts(of: one).count == 1)
        turn.end()
        await fleet.stop()
    }

    @Test("who is told to leave while it waits leaves the turn to others")
    func cancellation() async throws {
        let fleet = try await self.fleet(at: try await self.freeAddress())
        let first = try await fleet.awaitTurn(of: ["one"])
        let second = Task { try await fleet.awaitTurn(of: ["two"]) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.end()
        try await fleet.awaitTurn(of: ["two"]).end()
        await fleet.stop()
    }

    @Test("a given address where somebody else listens is told with the endpoint that should be there")
    func busy() async throws {
        let (listener, address) = try await self.taken()
        let error = await #expect(throws: UpstreamFleet.UnusableAddress.self) { try await self.fleet(at: address) }
        #expect(error?.address == address)
        #expect(error?.domain == "a.example.test")
        try await listener.close()
    }
}
