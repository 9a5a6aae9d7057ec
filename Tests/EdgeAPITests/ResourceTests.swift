import CredentialTesting
import EdgeAPI
import EdgeControl
import EdgeCore
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("Objects of the API", .noHang)
struct ResourceTests {
    @Test("are created, shown, listed, changed and deleted, and kept on the way")
    func lifecycle() async throws {
        try await APIFixture.run { fixture in
            let created = try await fixture.client.send(
                .POST,
                "/ip_policies",
                #"{"description":"office","metadata":"m"}"#
            )
            #expect(created.status == 201)
            let id = try #require(created.json?["id"]?.text)
            let uri = "http://127.0.0.1:\(fixture.client.port)/ip_policies/\(id)"
            #expect(created.json?["uri"]?.text == uri)
            #expect(created.json?["created_at"]?.text == "2027-01-15T08:00:00Z")
            #expect(created.json?["description"]?.text == "office")
            let key = ObjectKey(.ipPolicy, id)
            #expect(fixture.plane.kept[key]?.document.contains("office") == true)

            #expect(try await fixture.client.send(.GET, "/ip_policies/\(id)").json == created.json)
            let list = try await fixture.client.send(.GET, "/ip_policies").json
            #expect(list?["ip_policies"]?.elements == [try #require(created.json)])
            #expect(list?["uri"]?.text == "http://127.0.0.1:\(fixture.client.port)/ip_policies")
            #expect(list?["next_page_uri"] == .null)

            let changed = try await fixture.client.send(.PATCH, "/ip_policies/\(id)", #"{"description":"home"}"#)
            #expect(changed.status == 200)
            #expect(changed.json?["description"]?.text == "home")
            #expect(changed.json?["metadata"]?.text == "m")
            #expect(fixture.plane.kept[key]?.document.contains("home") == true)

            let deleted = try await fixture.client.send(.DELETE, "/ip_policies/\(id)")
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(fixture.plane.kept[key] == nil)
            #expect(try await fixture.client.send(.GET, "/ip_policies/\(id)").status == 404)
            #expect(try await fixture.client.send(.DELETE, "/ip_policies/\(id)").status == 404)
        }
    }

    @Test("of another account are not found, listed, changed or deleted")
    func accounts() async throws {
        try await APIFixture.run { fixture in
            let id = try await fixture.create("/ip_policies")
            let stranger = fixture.stranger
            #expect(try await stranger.send(.GET, "/ip_policies/\(id)").status == 404)
            #expect(try await stranger.send(.PATCH, "/ip_policies/\(id)", #"{"description":"x"}"#).status == 404)
            #expect(try await stranger.send(.DELETE, "/ip_policies/\(id)").status == 404)
            #expect(try await stranger.send(.GET, "/ip_policies").json?["ip_policies"]?.elements == [])
            #expect(try await fixture.client.send(.GET, "/ip_policies/\(id)").status == 200)
        }
    }

    @Test("are listed newest first, page by page, until there is no next")
    func pages() async throws {
        try await APIFixture.run { fixture in
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await fixture.create("/ip_policies")) }
            let origin = "http://127.0.0.1:\(fixture.client.port)"
            var seen: [String] = []
            var next: String? = "/ip_policies?limit=2"
            var sizes: [Int] = []
            while let path = next {
                let page = try await fixture.client.send(.GET, path).json
                let objects = page?["ip_policies"]?.elements ?? []
                sizes.append(objects.count)
                seen += objects.compactMap { $0["id"]?.text }
                next = page?["next_page_uri"]?.text.map { String($0.dropFirst(origin.count)) }
            }
            #expect(seen == ids.reversed())
            #expect(sizes == [2, 2, 1])
        }
    }

    @Test("have the address that the operator says, where one is said")
    func publicURL() async throws {
        try await APIFixture.run(publicURL: "https://api.edge.test") { fixture in
            let answer = try await fixture.client.send(.POST, "/ip_policies", "{}")
            #expect(answer.json?["uri"]?.text?.hasPrefix("https://api.edge.test/ip_policies/ipp_") == true)
        }
    }

    @Test("that are tokens and keys show what they are once, and work from then on")
    func tokens() async throws {
        try await APIFixture.run { fixture in
            let credential = try await fixture.client.send(.POST, "/credentials", #"{"acl":["bind:*.example.com"]}"#)
            let token = try #require(credential.json?["token"]?.text)
            #expect(fixture.plane.state.owner(ofToken: token)?.account.id == APIFixture.account)
            let id = try #require(credential.json?["id"]?.text)
            let shown = try await fixture.client.send(.GET, "/credentials/\(id)")
            #expect(shown.json?["token"] == .null)
            #expect(shown.json?["acl"] == .array([.string("bind:*.example.com")]))
            #expect(!fixture.plane.kept.values.contains { $0.document.contains(token) })

            let key = try #require(try await fixture.client.send(.POST, "/api_keys", "{}").json)
            var client = fixture.nobody
            client.headers.add(name: "Authorization", value: "Bearer \(key["token"]?.text ?? "")")
            let keyID = key["id"]?.text ?? ""
            #expect(try await client.send(.GET, "/api_keys/\(keyID)").json?["token"] == .null)
            #expect(try await client.send(.DELETE, "/api_keys/\(keyID)").status == 204)
            #expect(try await client.send(.GET, "/api_keys").status == 401)
        }
    }

    @Test(
        "cannot be changed by nothing, where ngrok has a number for it",
        arguments: [("/ip_policies", 1400), ("/credentials", 606), ("/api_keys", 606)]
    )
    func emptyUpdate(_ path: String, _ code: Int) async throws {
        try await APIFixture.run { fixture in
            let id = try await fixture.create(path)
            for body in ["{}", "", #"{"description":null}"#] {
                let answer = try await fixture.client.send(.PATCH, "\(path)/\(id)", body)
                #expect(answer.status == 400)
                #expect(answer.code == code)
            }
        }
    }

    @Test("keep what can be said only once")
    func fixedFields() async throws {
        try await APIFixture.run { fixture in
            let id = try await fixture.create("/reserved_domains", #"{"domain":"a.example.com"}"#)
            let answer = try await fixture.client.send(
                .PATCH,
                "/reserved_domains/\(id)",
                #"{"domain":"b.example.com"}"#
            )
            #expect(answer.code == 214)
            #expect(answer.field == "domain")
        }
    }

    @Test("that are certificates show what they say, never their keys, and go with a domain")
    func certificates() async throws {
        try await APIFixture.run { fixture in
            let issued = try TestAuthority(name: "Root").issue(["a.example.com"])
            let body = JSONValue.object([
                .init("certificate_pem", .string(issued.certificatePEM)),
                .init("private_key_pem", .string(issued.keyPEM)),
            ])
            let created = try await fixture.client.send(
                .POST,
                "/tls_certificates",
                String(decoding: body.encoded, as: UTF8.self)
            )
            #expect(created.status == 201)
            let json = try #require(created.json)
            #expect(json["subject_common_name"]?.text == "a.example.com")
            #expect(json["issuer_common_name"]?.text == "Root")
            #expect(json["subject_alternative_names"]?["dns_names"] == .array([.string("a.example.com")]))
            #expect(json["private_key_type"]?.text == "ecdsa")
            #expect(json["extended_key_usages"] == .array([.string("serverAuth")]))
            #expect(json["not_after"]?.text?.hasSuffix("Z") == true)
            #expect(json["private_key_pem"] == nil)
            #expect(!String(decoding: created.body, as: UTF8.self).contains("PRIVATE"))

            let id = json["id"]?.text ?? ""
            let domain = try await fixture.create(
                "/reserved_domains",
                #"{"domain":"a.example.com","certificate_id":"\#(id)"}"#
            )
            let shown = try await fixture.client.send(.GET, "/reserved_domains/\(domain)").json
            #expect(shown?["certificate"]?["id"]?.text == id)
            #expect(shown?["certificate"]?["uri"]?.text?.hasSuffix("/tls_certificates/\(id)") == true)
            #expect(try await fixture.client.send(.DELETE, "/tls_certificates/\(id)").status == 400)
            #expect(try await fixture.client.send(.DELETE, "/reserved_domains/\(domain)/certificate").status == 204)
            #expect(try await fixture.client.send(.GET, "/reserved_domains/\(domain)").json?["certificate"] == .null)
            #expect(try await fixture.client.send(.DELETE, "/tls_certificates/\(id)").status == 204)
        }
    }

    @Test("that are domains tell how far the edge is with their certificates, and give none of them away by itself")
    func managedDomains() async throws {
        try await APIFixture.run(getsCertificates: true) { fixture in
            let path = "/reserved_domains"
            let created = try await fixture.client.send(
                .POST,
                path,
                #"{"domain":"a.example.com","certificate_management_policy":{"authority":"letsencrypt"}}"#
            )
            #expect(created.status == 201)
            let policy = created.json?["certificate_management_policy"]
            #expect(policy?["authority"]?.text == "letsencrypt")
            #expect(policy?["private_key_type"]?.text == "ecdsa")
            let status = created.json?["certificate_management_status"]
            #expect(status?["renews_at"] == .null)
            let job = status?["provisioning_job"]
            #expect(job?["started_at"]?.text == APIFixture.now.wholeSecond)
            #expect(job?["retries_at"] == .null && job?["error_code"] == .null && job?["msg"]?.text == "")

            let id = created.json?["id"]?.text ?? ""
            #expect(try await fixture.client.send(.DELETE, "\(path)/\(id)/certificate").code == 436)
            let detached = "\(path)/\(id)/certificate_management_policy"
            #expect(try await fixture.stranger.send(.DELETE, detached).status == 404)
            #expect(try await fixture.client.send(.DELETE, detached).status == 204)
            let shown = try await fixture.client.send(.GET, "\(path)/\(id)").json
            #expect(shown?["certificate_management_policy"] == .null)
            #expect(shown?["certificate_management_status"] == .null)
            #expect(try await fixture.client.send(.DELETE, "\(path)/\(id)/certificate").status == 204)
        }
    }

    @Test("that are rules name their policy")
    func rules() async throws {
        try await APIFixture.run { fixture in
            let policy = try await fixture.create("/ip_policies")
            let rule = try await fixture.client.send(
                .POST,
                "/ip_policy_rules",
                #"{"cidr":"192.0.2.0/24","action":"allow","ip_policy_id":"\#(policy)"}"#
            )
            #expect(rule.json?["ip_policy"]?["id"]?.text == policy)
            #expect(rule.json?["action"]?.text == "allow")
            let id = rule.json?["id"]?.text ?? ""
            let changed = try await fixture.client.send(.PATCH, "/ip_policy_rules/\(id)", #"{"cidr":"10.0.0.0/8"}"#)
            #expect(changed.json?["cidr"]?.text == "10.0.0.0/8")
            #expect(changed.json?["action"]?.text == "allow")
        }
    }

    @Test("that are backends name what they consist of")
    func backends() async throws {
        try await APIFixture.run { fixture in
            let group = try await fixture.create("/backends/tunnel_group", #"{"labels":{"role":"web","dc":"a"}}"#)
            let weighted = try await fixture.create("/backends/weighted", #"{"backends":{"\#(group)":7}}"#)
            let failover = try await fixture.create("/backends/failover", #"{"backends":["\#(weighted)","\#(group)"]}"#)
            let shown = try await fixture.client.send(.GET, "/backends/tunnel_group/\(group)").json
            #expect(shown?["labels"] == .object([.init("dc", .string("a")), .init("role", .string("web"))]))
            #expect(shown?["tunnels"] == .array([]))
            let weights = try await fixture.client.send(.GET, "/backends/weighted/\(weighted)").json?["backends"]
            #expect(weights?[group]?.integer == 7)
            let order = try await fixture.client.send(.GET, "/backends/failover/\(failover)").json?["backends"]
            #expect(order == .array([.string(weighted), .string(group)]))
            #expect(try await fixture.client.send(.DELETE, "/backends/tunnel_group/\(group)").code == 6502)
        }
    }
}
