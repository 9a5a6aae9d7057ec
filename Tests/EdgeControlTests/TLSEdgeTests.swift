import CredentialTesting
import EdgeControl
import EdgeCore
import Testing

@Suite("TLS edges")
struct TLSEdgeTests {
    @Test(
        "a hostport is a reserved domain at port 443, once",
        arguments: [
            (["a.example.com:443"], nil), (["A.Example.com:443"], nil), ([], nil), (["a.example.com"], 7104),
            (["a.example.com:"], 7104), (["a.example.com:https"], 7104), ([":443"], 7104),
            (["a_b.example.com:443"], 7104),
            (["a.example.com:0"], 7112), (["a.example.com:65536"], 7112),
            (["a.example.com:99999999999999999999"], 7112),
            (["a.example.com:8443"], 7116), (["b.example.com:443"], 7117), (["c.example.com:443"], 7118),
            (["a.example.com:443", "a.example.com:443"], 7122), (["taken.example.com:443"], 7122),
            (["served.example.com:443"], 7132), (["192.0.2.1:443"], 7133), (["[2001:db8::1]:443"], 7133),
            (Array(repeating: "a.example.com:443", count: 101), 7129), (["w.wild.example.com:443"], 7117),
            (["*.wild.example.com:443"], nil),
        ] as [([String], Int?)]
    )
    func hostports(_ hostports: [String], _ code: Int?) throws {
        var fixture = try ControlFixture(
            agentNames: [try DomainName("served.example.com"): ControlFixture.account]
        )
        for name in ["a", "taken", "served", "*.wild"] { try fixture.reserve("\(name).example.com") }
        try fixture.reserve("c.example.com", account: ControlFixture.other)
        try fixture.edge(["taken.example.com:443"])
        let error = refusal { try fixture.edge(hostports) }
        #expect(error?.code == code)
        if code != nil { #expect(error?.field == "hostports") }
    }

    @Test("a name goes from edge to edge: it is free once an edge lets go of it")
    func letGo() throws {
        var fixture = try ControlFixture()
        let name = try fixture.reserve("a.example.com").name
        let first = try fixture.edge(["a.example.com:443"])
        #expect(fixture.state.edge(at: name)?.id == first.id)
        _ = try fixture.state.update(
            TLSEdge.self,
            id: first.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.hostports = [] }
        #expect(fixture.state.edge(at: name) == nil)
        let second = try fixture.edge(["a.example.com:443"])
        #expect(fixture.state.edge(at: name)?.id == second.id)
    }

    /// An agent cannot serve what the edge has; and an edge that nobody asks about its name must be changeable all the same.
    @Test("an edge that has its name keeps it, whatever agents serve")
    func keepsName() throws {
        var fixture = try ControlFixture()
        let name = try fixture.reserve("a.example.com").name
        let edge = try fixture.edge(["a.example.com:443"])
        let context = ChangeContext(now: ControlFixture.now, agentNames: [name: ControlFixture.account])
        let updated = try fixture.state.update(
            TLSEdge.self,
            id: edge.id,
            account: ControlFixture.account,
            context: context
        ) { $0.description = "still" }
        #expect(updated.draft.hostports == ["a.example.com:443"])
    }

    struct ModuleCase: Sendable, CustomTestStringConvertible {
        var name: String
        var plan = Plan.enterprise
        var code: Int?
        var edit: @Sendable (inout TLSEdge.Draft, Ids) -> Void
        var testDescription: String { self.name }

        struct Ids {
            var policy: String
            var authority: String
            var group: String
            var foreignPolicy: String
        }

        static let terminated = TLSTerminationModule(terminateAt: "edge")
    }

    @Test(
        "modules",
        arguments: [
            ModuleCase(name: "none") { _, _ in },
            ModuleCase(name: "no edge on the free plan", plan: .free, code: 7163) { _, _ in },
            ModuleCase(name: "a backend") { $0.backend = BackendModule(backendID: $1.group) },
            ModuleCase(name: "a backend that is none", code: 6526) { $0.backend = BackendModule(backendID: $1.policy) },
            ModuleCase(name: "a backend that is not there", code: 6501) { draft, _ in
                draft.backend = BackendModule(backendID: "bkdtg_none")
            },
            ModuleCase(name: "a policy") { $0.ipRestriction = .init(ipPolicyIDs: [$1.policy]) },
            ModuleCase(name: "restrictions without a policy", code: 7025) { draft, _ in
                draft.ipRestriction = .init(ipPolicyIDs: [])
            },
            ModuleCase(name: "too many policies", code: 7013) {
                $0.ipRestriction = .init(ipPolicyIDs: Array(repeating: $1.policy, count: 11))
            },
            ModuleCase(name: "a policy that is none", code: 229) { $0.ipRestriction = .init(ipPolicyIDs: [$1.group]) },
            ModuleCase(name: "a policy of another account", code: 7007) {
                $0.ipRestriction = .init(ipPolicyIDs: [$1.foreignPolicy])
            },
            ModuleCase(name: "a policy on a plan without", plan: .payAsYouGo, code: 7101) {
                $0.ipRestriction = .init(ipPolicyIDs: [$1.policy])
            },
            ModuleCase(name: "mutual TLS at the edge") {
                $0.tlsTermination = ModuleCase.terminated
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "mutual TLS without termination", code: 7062) {
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "mutual TLS with termination beyond", code: 7062) {
                $0.tlsTermination = .init(terminateAt: "upstream")
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "mutual TLS with termination switched off", code: 7062) {
                $0.tlsTermination = .init(enabled: false, terminateAt: "edge")
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "mutual TLS that is switched off") {
                $0.mutualTLS = .init(enabled: false, certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "mutual TLS without a CA", code: 215) { draft, _ in
                draft.tlsTermination = ModuleCase.terminated
                draft.mutualTLS = .init(certificateAuthorityIDs: [])
            },
            ModuleCase(name: "too many CAs", code: 7075) {
                $0.tlsTermination = ModuleCase.terminated
                $0.mutualTLS = .init(certificateAuthorityIDs: Array(repeating: $1.authority, count: 11))
            },
            ModuleCase(name: "a CA that is not there", code: 7072) { draft, _ in
                draft.tlsTermination = ModuleCase.terminated
                draft.mutualTLS = .init(certificateAuthorityIDs: ["ca_none"])
            },
            ModuleCase(name: "a CA that is none", code: 228) {
                $0.tlsTermination = ModuleCase.terminated
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.policy])
            },
            ModuleCase(name: "mutual TLS on a plan without", plan: .pro, code: 7103) {
                $0.tlsTermination = ModuleCase.terminated
                $0.mutualTLS = .init(certificateAuthorityIDs: [$1.authority])
            },
            ModuleCase(name: "a lowest version") { draft, _ in
                draft.tlsTermination = .init(terminateAt: "edge", minVersion: "1.3")
            },
            ModuleCase(name: "a lowest version that is none", code: 219) { draft, _ in
                draft.tlsTermination = .init(terminateAt: "edge", minVersion: "1.1")
            },
            ModuleCase(name: "a lowest version where TLS is passed on", code: 7032) { draft, _ in
                draft.tlsTermination = .init(terminateAt: "upstream", minVersion: "1.3")
            },
            ModuleCase(name: "termination at the agent", code: 224) { draft, _ in
                draft.tlsTermination = .init(terminateAt: "agent")
            },
            ModuleCase(name: "a traffic policy, which this edge has none of", code: 9023) { draft, _ in
                draft.trafficPolicy = .init(value: "{}")
            },
        ]
    )
    func modules(_ input: ModuleCase) throws {
        var fixture = try ControlFixture(plan: input.plan)
        let authority = try fixture.create(CertificateAuthority.self) { $0.caPEM = try TestAuthority().certificatePEM }
        let ids = ModuleCase.Ids(
            policy: try fixture.policy().id,
            authority: authority.id,
            group: try fixture.group().id,
            foreignPolicy: try fixture.create(IPPolicy.self, account: ControlFixture.other).id
        )
        #expect(refusal { try fixture.edge([]) { input.edit(&$0, ids) } }?.code == input.code)
    }

    @Test("a traffic policy is asked whether it can be kept")
    func trafficPolicy() throws {
        let settings = ControlSettings(checkTrafficPolicy: { text, _ throws(ControlError) in
            guard text == "good" else { throw ControlError(code: 2200, "no policy", field: "traffic_policy.value") }
        })
        var fixture = try ControlFixture(settings: settings)
        #expect(try fixture.edge([]) { $0.trafficPolicy = .init(value: "good") }.draft.trafficPolicy?.isEnabled == true)
        #expect(refusal { try fixture.edge([]) { $0.trafficPolicy = .init(value: "bad") } }?.code == 2200)
        var poor = try ControlFixture(plan: .pro, settings: settings)
        #expect(refusal { try poor.edge([]) { $0.trafficPolicy = .init(value: "good") } }?.code == 9023)
    }

    /// Taken off alone, termination would leave an edge that promises client certificates and sees none.
    @Test("termination cannot be taken off while mutual TLS is on")
    func detach() throws {
        var fixture = try ControlFixture()
        let authority = try fixture.create(CertificateAuthority.self) { $0.caPEM = try TestAuthority().certificatePEM }
        let edge = try fixture.edge([]) { draft in
            draft.tlsTermination = .init(terminateAt: "edge")
            draft.mutualTLS = .init(certificateAuthorityIDs: [authority.id])
        }
        let error = refusal {
            try fixture.state.update(
                TLSEdge.self,
                id: edge.id,
                account: ControlFixture.account,
                context: fixture.context
            ) { $0.tlsTermination = nil }
        }
        #expect(error?.code == 7062)
    }

    @Test("what an edge refers to cannot be deleted, and it says who refers")
    func references() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.policy()
        let group = try fixture.group()
        let edge = try fixture.edge([]) { draft in
            draft.backend = BackendModule(backendID: group.id)
            draft.ipRestriction = .init(ipPolicyIDs: [policy.id])
        }
        let account = ControlFixture.account
        let ofPolicy = refusal { try fixture.state.delete(IPPolicy.self, id: policy.id, account: account) }
        let ofGroup = refusal { try fixture.state.delete(TunnelGroupBackend.self, id: group.id, account: account) }
        #expect(ofPolicy?.code == 1420)
        #expect(ofGroup?.code == 6502)
        #expect(ofGroup?.message.contains(edge.id) == true)
        try fixture.state.delete(TLSEdge.self, id: edge.id, account: account)
        try fixture.state.delete(IPPolicy.self, id: policy.id, account: account)
        try fixture.state.delete(TunnelGroupBackend.self, id: group.id, account: account)
    }

    @Test("an edge that asks for nothing gets a name of its own and a group that no other tunnel is in")
    func equipped() throws {
        var fixture = try ControlFixture()
        let account = ControlFixture.account
        let first = try fixture.state.createEquippedEdge(.init(), account: account, context: &fixture.context)
        let second = try fixture.state.createEquippedEdge(.init(), account: account, context: &fixture.context)
        for edge in [first, second] {
            let name = try #require(edge.names.first)
            #expect(name.text.hasSuffix(".edge.test"))
            #expect(fixture.state.reservedDomain(name)?.accountID == account)
            let group = try #require(edge.draft.backend.flatMap { fixture.state.tunnelGroupBackends[$0.backendID] })
            #expect(fixture.state.tunnelGroups(matching: group.draft.labels, account: account).map(\.id) == [group.id])
        }
        #expect(first.names != second.names)
    }

    @Test("an edge that cannot be made leaves neither its name nor its group behind")
    func equippedInVain() throws {
        var fixture = try ControlFixture()
        var draft = TLSEdge.Draft()
        draft.tlsTermination = .init(terminateAt: "nowhere")
        let error = refusal {
            try fixture.state.createEquippedEdge(draft, account: ControlFixture.account, context: &fixture.context)
        }
        #expect(error?.code == 224)
        #expect(fixture.state.reservedDomains.count == 0)
        #expect(fixture.state.tunnelGroupBackends.count == 0)
        #expect(try fixture.state.takeChange().isEmpty)
    }
}
