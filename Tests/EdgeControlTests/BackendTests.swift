import EdgeControl
import Testing

@Suite("Backends")
struct BackendTests {
    @Test(
        "a tunnel group has labels, within bounds",
        arguments: [
            (["role": "web"], nil), ([:], 1405), (["": "web"], 6509), (["role": ""], 6510),
            ([String(repeating: "k", count: 256): "v"], 6509), (["k": String(repeating: "v", count: 256)], 6510),
            (Dictionary(uniqueKeysWithValues: (0..<21).map { ("k\($0)", "v") }), 6508),
        ] as [([String: String], Int?)]
    )
    func labels(_ labels: [String: String], _ code: Int?) throws {
        var fixture = try ControlFixture()
        #expect(refusal { try fixture.group(labels) }?.code == code)
    }

    @Test(
        "a tunnel is in a group when it has all the group's labels, and whatever others",
        arguments: [
            (["a": "1", "b": "2"], true), (["a": "1", "b": "2", "c": "3"], true), (["a": "1"], false),
            (["a": "1", "b": "3"], false), ([:], false),
        ] as [([String: String], Bool)]
    )
    func matching(_ tunnel: [String: String], _ isIn: Bool) throws {
        var fixture = try ControlFixture()
        let group = try fixture.group(["a": "1", "b": "2"])
        let found = fixture.state.tunnelGroups(matching: tunnel, account: ControlFixture.account)
        #expect(found == (isIn ? [group] : []))
        #expect(fixture.state.tunnelGroups(matching: tunnel, account: ControlFixture.other).isEmpty)
    }

    @Test("a weighted backend is drawn from tunnel groups, with weights within bounds")
    func weighted() throws {
        var fixture = try ControlFixture()
        let group = try fixture.group()
        let failover = try fixture.create(FailoverBackend.self) { $0.backends = [group.id] }
        for (backends, code) in [
            ([group.id: 0], nil), ([group.id: 10_000], nil), ([group.id: -1], 6512), ([group.id: 10_001], 6512),
            (["bkdtg_none": 1], 6501), (["edgtls_1": 1], 6526), ([failover.id: 1], 6524), ([:], nil),
            (Dictionary(uniqueKeysWithValues: (0..<101).map { ("bkdtg_\($0)", 1) }), 6511),
        ] as [([String: Int], Int?)] {
            #expect(refusal { try fixture.create(WeightedBackend.self) { $0.backends = backends } }?.code == code)
        }
    }

    @Test("a failover backend goes through groups and weighted backends, and never in a circle")
    func failover() throws {
        var fixture = try ControlFixture()
        let group = try fixture.group()
        let weighted = try fixture.create(WeightedBackend.self) { $0.backends = [group.id: 1] }
        let failover = try fixture.create(FailoverBackend.self) { $0.backends = [weighted.id, group.id] }
        for (backends, code) in [
            ([failover.id], 6525), (["bkdfo_none"], 6501), (["x"], 6526),
            (Array(repeating: group.id, count: 11), 6513),
        ] as [([String], Int)] {
            #expect(refusal { try fixture.create(FailoverBackend.self) { $0.backends = backends } }?.code == code)
        }
    }

    @Test("a backend that another refers to cannot be deleted")
    func inUse() throws {
        var fixture = try ControlFixture()
        let group = try fixture.group()
        let weighted = try fixture.create(WeightedBackend.self) { $0.backends = [group.id: 1] }
        let account = ControlFixture.account
        let error = refusal { try fixture.state.delete(TunnelGroupBackend.self, id: group.id, account: account) }
        #expect(error?.code == 6502)
        try fixture.state.delete(WeightedBackend.self, id: weighted.id, account: account)
        try fixture.state.delete(TunnelGroupBackend.self, id: group.id, account: account)
        #expect(
            refusal { try fixture.state.object(TunnelGroupBackend.self, id: group.id, account: account) }?.code == 6514
        )
    }
}
