import CredentialTesting
import EdgeControl
import EdgeCore
import Foundation
import LibCrypto
import Testing

@Suite("Kept objects")
struct ObjectRecordTests {
    /// A state with an object of every kind, and the records that keep it.
    private static func everything() throws -> (fixture: ControlFixture, records: [ObjectRecord]) {
        var fixture = try ControlFixture()
        let authority = try TestAuthority()
        let issued = try authority.issue(["app.example.com"])
        let ca = try fixture.create(EdgeControl.CertificateAuthority.self) { $0.caPEM = authority.certificatePEM }
        let certificate = try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = issued.certificatePEM
            draft.privateKeyPEM = issued.keyPEM
        }
        try fixture.create(ReservedDomain.self) { draft in
            draft.domain = "app.example.com"
            draft.certificateID = certificate.id
        }
        try fixture.create(SSHCredential.self) { draft in
            draft.publicKey =
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINC1q8CuvgqEyuG4HnoOOST/CCtU8EbDkJN3u5DM6o1j me@laptop"
        }
        try fixture.create(Credential.self) { draft in
            draft.acl = ["bind:*.example.com"]
            draft.digest = TokenDigest(of: "token")
        }
        try fixture.create(APIKey.self) { $0.digest = TokenDigest(of: "key") }
        let policy = try fixture.policy([("10.0.0.0/8", "allow")])
        let group = try fixture.group()
        try fixture.create(WeightedBackend.self) { $0.backends = [group.id: 7] }
        try fixture.create(FailoverBackend.self) { $0.backends = [group.id] }
        try fixture.edge(["app.example.com:443"]) { draft in
            draft.backend = BackendModule(backendID: group.id)
            draft.ipRestriction = IPRestrictionModule(ipPolicyIDs: [policy.id])
            draft.tlsTermination = TLSTerminationModule(terminateAt: "edge", minVersion: "1.3")
            draft.mutualTLS = MutualTLSModule(certificateAuthorityIDs: [ca.id])
        }
        let destination = try fixture.create(EventDestination.self) { draft in
            draft.format = "json"
            draft.target = try eventTarget(#"{"datadog":{"api_key":"dd-secret"}}"#)
        }
        try fixture.create(EventSubscription.self) { draft in
            draft.sources = [EventSource(type: "tcp_connection_closed.v0", fields: ["conn.bytes_in"])]
            draft.destinationIDs = [destination.id]
        }
        let key = try PrivateKey(.ecdsaP256).pem
        try fixture.state.keep(acmeKey: key, at: "https://ca.test/directory", context: &fixture.context)
        var seed = Seed()
        try seed.add(account: ControlFixture.account, .init(name: "One", plan: .enterprise))
        try seed.add(account: ControlFixture.other, .init(name: "Other", plan: .pro))
        try fixture.state.apply(seed, context: fixture.context)
        try fixture.keep()
        return (fixture, Array(fixture.kept.values))
    }

    @Test("make the same state again, in whatever order they come")
    func roundTrip() throws {
        let (fixture, records) = try Self.everything()
        #expect(Set(records.map(\.key.kind)) == Set(ObjectKind.allCases))
        var restored = try ControlState(fixture.state.settings, restoring: records.reversed())
        for record in records { #expect(try restored.record(record.key) == record) }
        #expect(try restored.takeChange().isEmpty)
        // What is no record itself is there too: names, and the number of the next object.
        #expect(restored.edge(forServerName: "app.example.com")?.edge.draft.backend != nil)
        #expect(restored.certificate(for: "app.example.com") != nil)
        var context = fixture.context
        let next: IPPolicy = try restored.create(IPPolicy.Draft(), account: ControlFixture.account, context: &context)
        #expect(restored.ipPolicies.page(of: ControlFixture.account, before: nil, limit: 1)?.objects == [next])
    }

    @Test("have keys of certificates and of services in the secret, and nowhere else")
    func secrets() throws {
        let (fixture, records) = try Self.everything()
        let withSecret = records.filter { $0.secret != nil }
        #expect(Set(withSecret.map(\.key.kind)) == [.tlsCertificate, .eventDestination, .acmeAccount])
        let certificate = try #require(fixture.state.tlsCertificates.all.first { _ in true })
        let key = certificate.privateKeyPEM.text
        #expect(key.contains("PRIVATE KEY"))
        #expect(withSecret.contains { $0.secret == Array(key.utf8) })
        #expect(!records.contains { $0.document.contains("PRIVATE KEY") || $0.document.contains("dd-secret") })
        // Nor do they get into a log.
        #expect(!"\(certificate)".contains("PRIVATE KEY"))
        #expect(!String(reflecting: withSecret).contains("PRIVATE KEY"))
        #expect(!String(reflecting: fixture.state.credentials).contains(TokenDigest(of: "token").hexadecimal))
    }

    @Test("name ngrok's fields")
    func fields() throws {
        let (_, records) = try Self.everything()
        let edge = try #require(records.first { $0.key.kind == .tlsEdge })
        for field in [
            "\"version\":1", "\"created_at\"", "\"backend_id\"", "\"ip_policy_ids\"", "\"terminate_at\":\"edge\"",
        ] {
            #expect(edge.document.contains(field))
        }
    }

    @Test(
        "that cannot be read are told by their key, and by why",
        arguments: [
            (#"{"version":2,"object":{}}"#, "version is 2"), ("{}", "version"), ("no JSON", "not valid JSON"),
            (#"{"version":1,"object":{"identity":{}}}"#, "id"),
        ]
    )
    func unreadable(_ document: String, _ reason: String) throws {
        let record = ObjectRecord(
            key: ObjectKey(.ipPolicy, "ipp_1"),
            accountID: ControlFixture.account,
            document: document,
            secret: nil
        )
        let error = try #require(throws: RecordError.self) { try ControlState(restoring: [record]) }
        #expect(error.description.contains("IP policy 'ipp_1'"))
        #expect(error.detail.contains(reason), "\(error)")
    }

    /// An edge that presented a certificate without its key would fail every handshake.
    @Test("of a certificate without its key are refused")
    func keyless() throws {
        let (fixture, records) = try Self.everything()
        let record = try #require(records.first { $0.key.kind == .tlsCertificate })
        let keyless = ObjectRecord(
            key: record.key,
            accountID: record.accountID,
            document: record.document,
            secret: nil
        )
        let error = try #require(throws: RecordError.self) {
            try ControlState(fixture.state.settings, restoring: [keyless])
        }
        #expect(error.detail.contains("private key"))
    }
}

func eventTarget(_ json: String) throws -> EventTarget {
    try JSONDecoder().decode(EventTarget.self, from: Data(json.utf8))
}
