import AgentProtocol
import EdgeControl
import EdgeCore
import Testing

@Suite("Edges by name")
struct RoutingTests {
    @Test("a client belongs to the edge of its exact name, or else of the longest wildcard")
    func edges() throws {
        var fixture = try ControlFixture()
        for name in ["*.example.com", "*.a.example.com", "b.a.example.com"] { try fixture.reserve(name) }
        let wide = try fixture.edge(["*.example.com:443"])
        let narrow = try fixture.edge(["*.a.example.com:443"])
        let exact = try fixture.edge(["b.a.example.com:443"])
        for (name, edge) in [
            ("x.example.com", wide), ("x.y.example.com", wide), ("x.a.example.com", narrow),
            ("B.A.example.com", exact), ("x.b.a.example.com", narrow),
        ] {
            #expect(fixture.state.edge(forServerName: name)?.edge.id == edge.id, "\(name)")
        }
        #expect(fixture.state.edge(forServerName: "example.com") == nil)
        #expect(fixture.state.edge(forServerName: "b.a.example.com")?.closeness == .exact)
    }

    @Test("an agent may not bind what is on an edge, and may again afterwards")
    func bind() throws {
        var fixture = try ControlFixture()
        let name = try fixture.reserve("a.example.com").name
        let edge = try fixture.edge(["a.example.com:443"])
        let error = #expect(throws: NgrokError.self) { try fixture.state.checkBind(name) }
        #expect(error?.code == 381)
        try fixture.state.delete(TLSEdge.self, id: edge.id, account: ControlFixture.account)
        try fixture.state.checkBind(name)
    }
}
