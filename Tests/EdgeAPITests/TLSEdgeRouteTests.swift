import CredentialTesting
import EdgeAPI
import EdgeCore
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("TLS edges of the API", .noHang)
struct TLSEdgeRouteTests {
    @Test("show their modules as objects with references, and null for those they lack")
    func modules() async throws {
        try await APIFixture.run { fixture in
            let client = fixture.client
            try await fixture.create("/reserved_domains", #"{"domain":"a.example.com"}"#)
            let group = try await fixture.create("/backends/tunnel_group", #"{"labels":{"role":"web"}}"#)
            let policy = try await fixture.create("/ip_policies")
            let created = try await client.send(
                .POST,
                "/edges/tls",
                #"{"hostports":["A.example.com:443"],"backend":{"backend_id":"\#(group)"}}"#
            )
            #expect(created.status == 201)
            let edge = try #require(created.json)
            let id = edge["id"]?.text ?? ""
            #expect(id.hasPrefix("edgtls_"))
            #expect(edge["hostports"] == .array([.string("a.example.com:443")]))
            #expect(edge["backend"]?["enabled"] == .bool(true))
            #expect(edge["backend"]?["backend"]?["id"]?.text == group)
            #expect(edge["backend"]?["backend"]?["uri"]?.text?.hasSuffix("/backends/tunnel_group/\(group)") == true)
            for module in ["ip_restriction", "mutual_tls", "tls_termination", "traffic_policy"] {
                #expect(edge[module] == .null)
                #expect(try await client.send(.GET, "/edges/tls/\(id)/\(module)").status == 404)
            }
            let path = "/edges/tls/\(id)/ip_restriction"
            let replaced = try await client.send(.PUT, path, #"{"enabled":false,"ip_policy_ids":["\#(policy)"]}"#)
            #expect(replaced.status == 200)
            #expect(replaced.json?["enabled"] == .bool(false))
            #expect(replaced.json?["ip_policies"]?.elements?.first?["id"]?.text == policy)
            #expect(try await client.send(.GET, path).json == replaced.json)
            #expect(try await client.send(.GET, "/edges/tls/\(id)").json?["ip_restriction"] == replaced.json)
            #expect(try await client.send(.DELETE, path).status == 204)
            #expect(try await client.send(.GET, path).status == 404)
            #expect(try await client.send(.GET, "/edges/tls/\(id)").json?["backend"] == edge["backend"])
        }
    }

    @Test("take a module by itself, and refuse what does not go together")
    func together() async throws {
        try await APIFixture.run { fixture in
            let client = fixture.client
            let pem = JSONValue.quoted(try TestAuthority().certificatePEM)
            let ca = try await fixture.create("/certificate_authorities", #"{"ca_pem":\#(pem)}"#)
            let id = try await fixture.create("/edges/tls", #"{"hostports":[]}"#)
            let mutual = #"{"certificate_authority_ids":["\#(ca)"]}"#
            #expect(try await client.send(.PUT, "/edges/tls/\(id)/mutual_tls", mutual).code == 7062)
            let termination = try await client.send(
                .PUT,
                "/edges/tls/\(id)/tls_termination",
                #"{"terminate_at":"edge","min_version":"1.3"}"#
            )
            #expect(termination.json?["min_version"]?.text == "1.3")
            #expect(try await client.send(.PUT, "/edges/tls/\(id)/mutual_tls", mutual).status == 200)
            #expect(try await client.send(.DELETE, "/edges/tls/\(id)/tls_termination").code == 7062)
            #expect(try await client.send(.DELETE, "/certificate_authorities/\(ca)").status == 400)
            let policy = try await client.send(.PUT, "/edges/tls/\(id)/traffic_policy", #"{"value":"{}"}"#)
            #expect(policy.status == 403)
            #expect(policy.code == 9023)
        }
    }

    @Test("leave modules that an update does not name, and replace whole those it does")
    func update() async throws {
        try await APIFixture.run { fixture in
            let client = fixture.client
            let id = try await fixture.create(
                "/edges/tls",
                #"{"hostports":[],"tls_termination":{"enabled":false,"terminate_at":"edge","min_version":"1.3"}}"#
            )
            let named = try await client.send(.PATCH, "/edges/tls/\(id)", #"{"description":"x","backend":null}"#).json
            #expect(named?["tls_termination"]?["min_version"]?.text == "1.3")
            let body = #"{"tls_termination":{"terminate_at":"upstream"}}"#
            let replaced = try await client.send(.PATCH, "/edges/tls/\(id)", body).json
            #expect(replaced?["tls_termination"]?["min_version"] == .null)
            #expect(replaced?["tls_termination"]?["enabled"] == .bool(true))
            #expect(replaced?["description"]?.text == "x")
        }
    }

    @Test("that ask for nothing get a name and a backend")
    func equipped() async throws {
        try await APIFixture.run { fixture in
            let edge = try await fixture.client.send(.POST, "/edges/tls", #"{"description":"first"}"#)
            #expect(edge.status == 201)
            #expect(edge.json?["hostports"]?.elements?.first?.text?.hasSuffix(".edge.test:443") == true)
            #expect(edge.json?["backend"]?["backend"]?["id"]?.text?.hasPrefix("bkdtg_") == true)
            #expect(edge.json?["description"]?.text == "first")
            #expect(fixture.plane.kept.count == 3)
            let bare = try await fixture.client.send(.POST, "/edges/tls", #"{"hostports":[]}"#)
            #expect(bare.json?["backend"] == .null)
        }
    }

    @Test("cannot have a name that an agent serves, unless the plan has no edges at all")
    func refused() async throws {
        try await APIFixture.run { fixture in
            try await fixture.create("/reserved_domains", #"{"domain":"a.example.com"}"#)
            var live = LiveResources()
            let name = try DomainName("a.example.com")
            live.endpoints = [
                EndpointStatus(id: "ep_1", accountID: APIFixture.account, startedAt: APIFixture.now, name: name)
            ]
            fixture.plane.live = live
            let answer = try await fixture.client.send(.POST, "/edges/tls", #"{"hostports":["a.example.com:443"]}"#)
            #expect(answer.code == 7132)
        }
        try await APIFixture.run(plan: .free) { fixture in
            let answer = try await fixture.client.send(.POST, "/edges/tls", #"{"hostports":[]}"#)
            #expect(answer.status == 403)
            #expect(answer.code == 7163)
        }
    }
}
