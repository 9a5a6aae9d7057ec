import CredentialTesting
import EdgeControl
import EdgeCore
import Foundation
import LibCrypto
import Testing

@Suite("Certificates that the edge gets by itself")
struct ProvisioningTests {
    private static let name = "a.example.com"
    private static let policy = CertificatePolicy(authority: "letsencrypt")
    private static let schedule = ProvisioningSchedule()
    private static let failure = ProvisioningFailure(.dns, "The name does not lead here.")

    private let authority = Result { try TestAuthority() }
    /// Certificates of tests are valid around the time of the test.
    private let now = Timestamp(secondsSinceEpoch: Int64(Date().timeIntervalSince1970), nanoseconds: 0)

    private func fixture() throws -> ControlFixture { try ControlFixture(getsCertificates: true, now: self.now) }

    private func manage(_ fixture: inout ControlFixture, _ policy: CertificatePolicy = Self.policy) throws -> String {
        try fixture.create(ReservedDomain.self) { draft in
            draft.domain = Self.name
            draft.certificateManagementPolicy = policy
        }.id
    }

    private func domain(_ fixture: ControlFixture, _ id: String) throws -> ReservedDomain {
        try fixture.state.object(ReservedDomain.self, id: id, account: ControlFixture.account)
    }

    @discardableResult
    private func provision(
        _ fixture: inout ControlFixture,
        _ id: String,
        names: [String] = [Self.name],
        policy: CertificatePolicy = Self.policy,
        from: TimeInterval = 0,
        to: TimeInterval = 90 * 86_400
    ) throws -> String? {
        let issued = try self.authority.get().issue(names, from: from, to: to)
        try fixture.state.provision(
            domain: id,
            policy: policy,
            certificatePEM: issued.certificatePEM,
            privateKeyPEM: issued.keyPEM,
            context: &fixture.context
        )
        return fixture.state.reservedDomains[id]?.draft.certificateID
    }

    private func update(
        _ fixture: inout ControlFixture,
        _ id: String,
        _ edit: (inout ReservedDomain.Draft) -> Void
    ) throws -> ReservedDomain {
        try fixture.state.update(id: id, account: ControlFixture.account, context: fixture.context) {
            (draft: inout ReservedDomain.Draft) throws(ControlError) in edit(&draft)
        }
    }

    @Test("a policy begins a job at once, and has no certificate so far")
    func begins() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        let domain = try self.domain(fixture, id)
        #expect(domain.draft.certificateID == nil)
        #expect(domain.management?.renewsAt == nil)
        #expect(domain.management?.job?.startedAt == self.now)
        #expect(domain.management?.dueAt == self.now)
        #expect(fixture.state.managedDomains == [domain])
    }

    @Test("what was got is presented, says when it was got, and is replaced with a third of its time left")
    func provisioned() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        let certificateID = try #require(try self.provision(&fixture, id))
        let certificate = try #require(fixture.state.tlsCertificates[certificateID])
        #expect(certificate.issuedAt == self.now)
        #expect(certificate.accountID == ControlFixture.account)
        #expect(fixture.state.certificate(for: Self.name) == certificate)
        let management = try #require(try self.domain(fixture, id).management)
        #expect(management.job == nil)
        let renewal = try #require(management.renewsAt).secondsSinceEpoch - self.now.secondsSinceEpoch
        #expect(abs(renewal - 60 * 86_400) < 60)
        #expect(management.dueAt == management.renewsAt)
    }

    @Test("the old certificate is presented until the new one is there, and is gone then")
    func renewed() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        let old = try #require(try self.provision(&fixture, id))
        let later = self.now.advanced(byNanoseconds: 1_000_000_000)
        fixture.state.beginProvisioning(domain: id, now: later)
        #expect(try self.domain(fixture, id).management?.job?.startedAt == later)
        #expect(fixture.state.certificate(for: Self.name)?.id == old)
        self.fail(&fixture, id)
        #expect(fixture.state.certificate(for: Self.name)?.id == old)
        let new = try #require(try self.provision(&fixture, id))
        #expect(new != old)
        #expect(fixture.state.certificate(for: Self.name)?.id == new)
        #expect(fixture.state.tlsCertificates[old] == nil)
    }

    @Test("what else refers to the old certificate keeps it")
    func shared() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        let old = try #require(try self.provision(&fixture, id))
        try fixture.create(ReservedDomain.self) { draft in
            draft.domain = "b.example.com"
            draft.certificateID = old
        }
        try self.provision(&fixture, id)
        #expect(fixture.state.tlsCertificates[old] != nil)
    }

    private func fail(_ fixture: inout ControlFixture, _ id: String, askedFor: Duration? = nil) {
        fixture.state.provisioningFailed(
            domain: id,
            policy: Self.policy,
            because: Self.failure,
            askedFor: askedFor,
            schedule: Self.schedule,
            now: self.now
        )
    }

    @Test("what was in vain says why, and is tried again later each time")
    func failed() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        var waits: [Int64] = []
        for _ in 0..<10 {
            self.fail(&fixture, id)
            let job = try #require(try self.domain(fixture, id).management?.job)
            #expect(job.failure == Self.failure)
            #expect(job.startedAt == self.now)
            waits.append(try #require(job.retriesAt).secondsSinceEpoch - self.now.secondsSinceEpoch)
        }
        #expect(waits == [120, 240, 480, 960, 1920, 3840, 7680, 15_360, 21_600, 21_600])
        #expect(try self.domain(fixture, id).management?.dueAt == self.now.advanced(byNanoseconds: 21_600_000_000_000))
    }

    @Test(
        "a CA that asks for more time has it, up to a week",
        arguments: [(1, 120), (3_600, 3_600), (10_000_000, 604_800)]
    )
    func askedFor(_ seconds: Int, _ expected: Int64) throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        self.fail(&fixture, id, askedFor: .seconds(seconds))
        let retry = try #require(try self.domain(fixture, id).management?.job?.retriesAt)
        #expect(retry.secondsSinceEpoch - self.now.secondsSinceEpoch == expected)
    }

    @Test("what was got for another policy, or for a domain that is gone, is not kept")
    func outOfDate() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        #expect(try self.provision(&fixture, id, policy: .init(authority: "letsencrypt", privateKeyType: "rsa")) == nil)
        try fixture.state.delete(ReservedDomain.self, id: id, account: ControlFixture.account)
        #expect(try self.provision(&fixture, id) == nil)
        self.fail(&fixture, id)
        #expect(fixture.state.tlsCertificates.count == 0)
    }

    @Test("a certificate of another name, or one that would have to be replaced at once, is not taken")
    func useless() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        for (names, from, to) in [
            (["b.example.com"], 0, 90 * 86_400), (["*.example.com"], 0, 90 * 86_400), ([Self.name], -86_400, 3_600),
        ] as [([String], TimeInterval, TimeInterval)] {
            var copy = fixture
            #expect(refusal { try self.provision(&copy, id, names: names, from: from, to: to) } != nil, "\(names)")
        }
    }

    @Test("with another policy the certificate stays until there is one by it")
    func changedPolicy() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        let old = try self.provision(&fixture, id)
        let rsa = CertificatePolicy(authority: "letsencrypt", privateKeyType: "rsa")
        #expect(rsa.keyKind == .rsa(bits: 4096))
        #expect(Self.policy.keyKind == .ecdsaP256)
        let changed = try self.update(&fixture, id) { $0.certificateManagementPolicy = rsa }
        #expect(changed.draft.certificateID == old)
        #expect(changed.management?.dueAt == self.now)
        let described = try self.update(&fixture, id) { $0.description = "nothing else" }
        #expect(described.management == changed.management)
    }

    @Test("a domain that has an uploaded certificate presents it until the edge has got one, and keeps it in the list")
    func uploadedBefore() throws {
        var fixture = try self.fixture()
        let issued = try self.authority.get().issue([Self.name])
        let uploaded = try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = issued.certificatePEM
            draft.privateKeyPEM = issued.keyPEM
        }
        let id = try fixture.create(ReservedDomain.self) { draft in
            draft.domain = Self.name
            draft.certificateID = uploaded.id
        }.id
        let managed = try self.update(&fixture, id) { $0.certificateManagementPolicy = Self.policy }
        #expect(managed.draft.certificateID == uploaded.id)
        var other = fixture
        try self.provision(&fixture, id)
        #expect(fixture.state.certificate(for: Self.name)?.issuedAt != nil)
        #expect(fixture.state.tlsCertificates[uploaded.id] != nil)
        // Without the policy it is what it was, as long as nothing was got.
        try other.state.detachPolicy(ofDomain: id, account: ControlFixture.account, context: other.context)
        #expect(other.state.certificate(for: Self.name)?.id == uploaded.id)
    }

    @Test("while there is a policy, nobody gives the domain another certificate")
    func exclusion() throws {
        var fixture = try self.fixture()
        let issued = try self.authority.get().issue([Self.name])
        let uploaded = try fixture.create(TLSCertificate.self) { draft in
            draft.certificatePEM = issued.certificatePEM
            draft.privateKeyPEM = issued.keyPEM
        }
        let id = try self.manage(&fixture)
        #expect(refusal { try self.update(&fixture, id) { $0.certificateID = uploaded.id } }?.code == 434)
        let own = try #require(try self.provision(&fixture, id))
        #expect(refusal { try self.update(&fixture, id) { $0.certificateID = uploaded.id } }?.code == 434)
        let inUse = refusal {
            try fixture.state.delete(TLSCertificate.self, id: own, account: ControlFixture.account)
        }
        #expect(inUse?.message.contains("reserved domain") == true)
    }

    @Test("with the policy goes what was got for it, and so it does with the domain")
    func detached() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        try self.provision(&fixture, id)
        var other = fixture
        let stranger = refusal {
            try fixture.state.detachPolicy(ofDomain: id, account: ControlFixture.other, context: fixture.context)
        }
        #expect(stranger?.kind == .notFound)
        try fixture.state.detachPolicy(ofDomain: id, account: ControlFixture.account, context: fixture.context)
        let domain = try self.domain(fixture, id)
        #expect(domain.draft.certificateManagementPolicy == nil && domain.draft.certificateID == nil)
        #expect(domain.management == nil)
        #expect(fixture.state.tlsCertificates.count == 0)
        try other.state.delete(ReservedDomain.self, id: id, account: ControlFixture.account)
        #expect(other.state.tlsCertificates.count == 0)
    }

    @Test("wildcards are refused, and policies of before are kept where there is no CA any more")
    func refused() throws {
        var fixture = try self.fixture()
        let wildcard = refusal {
            try fixture.create(ReservedDomain.self) { draft in
                draft.domain = "*.example.com"
                draft.certificateManagementPolicy = Self.policy
            }
        }
        #expect(wildcard?.code == 1927)
        #expect(wildcard?.message.contains("DNS") == true)
        let id = try self.manage(&fixture)
        try fixture.keep()
        fixture.state = try ControlState(ControlSettings(), restoring: fixture.kept.values)
        _ = try self.update(&fixture, id) { $0.description = "as before" }
        let new = refusal { try self.update(&fixture, id) { $0.certificateManagementPolicy?.privateKeyType = "rsa" } }
        #expect(new?.code == 1905)
    }

    @Test("all of it is kept, the keys apart from the rest")
    func kept() throws {
        var fixture = try self.fixture()
        let id = try self.manage(&fixture)
        try self.provision(&fixture, id)
        fixture.state.beginProvisioning(domain: id, now: self.now)
        self.fail(&fixture, id)
        let key = try PrivateKey(.ecdsaP256).pem
        try fixture.state.keep(acmeKey: key, at: "https://ca.test/directory", context: &fixture.context)
        #expect(fixture.state.acmeKey(at: "https://ca.test/directory") == key)
        #expect(fixture.state.acmeKey(at: "https://other.test/directory") == nil)
        try fixture.keep()
        for record in fixture.kept.values { #expect(!record.document.contains("PRIVATE KEY")) }
        let again = try ControlState(ControlSettings(getsCertificates: true), restoring: fixture.kept.values)
        #expect(again.reservedDomains[id] == fixture.state.reservedDomains[id])
        #expect(again.reservedDomains[id]?.management?.job?.failure == Self.failure)
        #expect(again.certificate(for: Self.name) == fixture.state.certificate(for: Self.name))
        #expect(again.acmeKey(at: "https://ca.test/directory") == key)
    }
}
