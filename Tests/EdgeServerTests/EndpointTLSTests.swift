import AgentProtocol
import CredentialTesting
import EdgeCore
import EdgeServer
import FolderTesting
import Testing
import TrafficPolicy

@Suite("How TLS ends for an endpoint's clients")
struct EndpointTLSTests {
    private static func endpoint(_ pair: EdgeTermination.KeyPair?) throws -> EndpointConfiguration {
        EndpointConfiguration(
            id: "1",
            accountID: "ac_test",
            name: try DomainName("a.example.com"),
            policy: try Self.policy("1.2"),
            termination: .edge(EdgeTermination(keyPair: pair, clientAuthorities: [])),
            restrictions: .none,
            proxyHeader: nil,
            details: EndpointConfiguration.Details(
                resourceID: "ep_1",
                tunnelID: "tn_1",
                createdAt: Timestamp(secondsSinceEpoch: 0, nanoseconds: 0)
            )
        )
    }

    private static func policy(_ lowest: String) throws -> EndpointPolicy {
        try EndpointPolicy(
            "on_tcp_connect: [{ actions: [{ type: terminate-tls, config: { min_version: '\(lowest)' } }] }]"
        )
    }

    private static func pair() throws -> EdgeTermination.KeyPair {
        let issued = try TestAuthority().issue(["a.example.com"])
        return .init(certificateChain: Array(issued.certificatePEM.utf8), privateKey: Array(issued.keyPEM.utf8))
    }

    /// A session of the policy before would be resumed behind this one, whose demands nobody has met.
    @Test("with another policy it ends by what was made for that, and as it was bound by what was made for the bind")
    func replacedPolicy() throws {
        let endpoint = try Self.endpoint(nil)
        let tls = try EndpointTLS(endpoint)
        let before = try #require(endpoint.policy?.terminations.first)
        let kept = try #require(tls.contexts(of: before))
        let bound = try #require(tls.bound)
        #expect(kept !== bound)
        for lowest in ["1.2", "1.3"] {
            let changed = endpoint.replacing(details: endpoint.details, policy: try Self.policy(lowest))
            let after = try tls.replacingPolicy(of: changed)
            let action = try #require(changed.policy?.terminations.first)
            let made = try #require(after.contexts(of: action))
            #expect(made !== kept && after.bound === bound)
            #expect((after.contexts(of: before) == nil) == (action != before))
        }
    }

    @Test("two endpoints that are alike have nothing in common")
    func alike() throws {
        let endpoint = try Self.endpoint(nil)
        let (one, two) = (try EndpointTLS(endpoint), try EndpointTLS(endpoint))
        let action = try #require(endpoint.policy?.terminations.first)
        #expect(one.bound !== two.bound && one.contexts(of: action) !== two.contexts(of: action))
    }

    @Test("a policy's bad pair is the policy's fault, and the bind's is the bind's")
    func faults() throws {
        let bad = EdgeTermination.KeyPair(certificateChain: [1], privateKey: [2])
        #expect(throws: NgrokError.keyPairInvalid) { try EndpointTLS(Self.endpoint(bad)) }
        let endpoint = try Self.endpoint(nil)
        let policy = try EndpointPolicy(
            """
            on_tcp_connect:
              - actions:
                  - type: terminate-tls
                    config: { server_certificate: "c", server_private_key: "k" }
            """
        )
        let changed = endpoint.replacing(details: endpoint.details, policy: policy)
        let error = try #require(throws: NgrokError.self) { try EndpointTLS(endpoint).replacingPolicy(of: changed) }
        #expect(error.code == 9026)
    }

    @Test("clients lack a certificate where any way to end TLS presents the edge's, and the edge has none")
    func lacks() throws {
        let name = try DomainName("a.example.com")
        let certificates = CertificateStore()
        #expect(try EndpointTLS(Self.endpoint(nil)).lacksCertificate(for: name, among: certificates))
        // What the policy leaves out is as the endpoint was bound.
        let own = try EndpointTLS(Self.endpoint(Self.pair()))
        #expect(!own.lacksCertificate(for: name, among: certificates))
        let folder = try TemporaryFolder()
        let issued = try TestAuthority().issue(["a.example.com"])
        certificates.replace(
            with: try EdgeCertificates(reading: [
                EdgeConfiguration.CertificateFiles(
                    certificate: try folder.write(issued.certificatePEM, to: "a.pem"),
                    key: try folder.write(issued.keyPEM, to: "a.key")
                )
            ])
        )
        #expect(try !EndpointTLS(Self.endpoint(nil)).lacksCertificate(for: name, among: certificates))
    }
}
