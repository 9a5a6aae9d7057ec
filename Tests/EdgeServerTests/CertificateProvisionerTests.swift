import ACME
import ClockTesting
import CredentialTesting
import EdgeControl
import EdgeCore
import EdgeServer
import Foundation
import HangTesting
import LogTesting
import Synchronization
import Testing

/// Keeps domains in memory, and tells of every change.
private final class TestKeeper: CertificateKeeper {
    struct Broken: Error {}

    private struct Contents {
        var state: ControlState
        var isBroken = false
    }

    let news = WakeUp()
    private let contents: Mutex<Contents>
    private let states: AsyncStream<ControlState>
    private let changed: AsyncStream<ControlState>.Continuation

    init(_ state: ControlState) {
        self.contents = Mutex(Contents(state: state))
        (self.states, self.changed) = AsyncStream.makeStream()
    }

    var state: ControlState { self.contents.withLock { $0.state } }

    func change(_ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Void) async throws {
        let state = try self.contents.withLock { contents in
            guard !contents.isBroken else { throw Broken() }
            var next = contents.state
            try body(&next)
            contents.state = next
            return next
        }
        self.changed.yield(state)
        self.news.ring()
    }

    /// Keeps nothing more.
    func breakStore() { self.contents.withLock { $0.isBroken = true } }

    /// Waits for a change after which a condition holds.
    func wait(until condition: (ControlState) -> Bool) async {
        for await state in self.states where condition(state) { return }
    }
}

@Suite("Getting certificates", .noHang)
struct CertificateProvisionerTests {
    private static let account = "ac_one"
    private static let policy = CertificatePolicy(authority: "letsencrypt")
    /// Certificates of tests are valid around the time of the test.
    private static let start = Timestamp(secondsSinceEpoch: Int64(Date().timeIntervalSince1970), nanoseconds: 0)

    private let keeper: TestKeeper
    private let issuer = TestIssuer()
    private let clock = ManualClock()
    private let log = LineRecorder()
    private let authority: TestAuthority
    private let provisioner: CertificateProvisioner

    init() throws {
        var state = ControlState(ControlSettings(getsCertificates: true))
        var seed = Seed()
        try seed.add(account: Self.account, .init(name: "One", plan: .enterprise))
        try state.apply(seed, context: ChangeContext(now: Self.start))
        self.keeper = TestKeeper(state)
        self.authority = try TestAuthority()
        self.provisioner = Self.provisioner(self.keeper, self.issuer, self.clock, self.log)
    }

    private static func provisioner(
        _ keeper: TestKeeper,
        _ issuer: TestIssuer,
        _ clock: ManualClock,
        _ log: LineRecorder
    ) -> CertificateProvisioner {
        CertificateProvisioner(
            keeper,
            news: keeper.news,
            issuer: issuer,
            schedule: ProvisioningSchedule(),
            now: { Self.start.advanced(byNanoseconds: clock.elapsed.components.seconds * 1_000_000_000) },
            clock: clock,
            logger: log.logger()
        )
    }

    private func manage(_ name: String, _ policy: CertificatePolicy = Self.policy) async throws {
        try await self.keeper.change { state throws(ControlError) in
            var context = ChangeContext(now: Self.start)
            var draft = ReservedDomain.Draft()
            draft.domain = name
            draft.certificateManagementPolicy = policy
            let _: ReservedDomain = try state.create(draft, account: Self.account, context: &context)
        }
    }

    private func management(_ name: String, in state: ControlState) -> CertificateManagement? {
        (try? DomainName(name)).flatMap { state.reservedDomain($0)?.management }
    }

    /// Works while `body` runs.
    private func working(_ body: () async throws -> Void) async throws {
        try await Self.working(self.provisioner, body)
    }

    private static func working(_ provisioner: CertificateProvisioner, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await provisioner.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test(
        "a domain gets what its policy asks for, with a key of its kind",
        arguments: [("ecdsa", .ecdsa), ("rsa", .rsa)] as [(String, TLSCertificate.KeyType)]
    )
    func issued(_ type: String, _ expected: TLSCertificate.KeyType) async throws {
        try await self.working {
            try await self.manage("a.example.com", .init(authority: "letsencrypt", privateKeyType: type))
            let request = try await self.issuer.next()
            #expect(request.name == "a.example.com")
            try request.issue(by: self.authority)
            await self.keeper.wait { $0.certificate(for: "a.example.com") != nil }
            let certificate = try #require(self.keeper.state.certificate(for: "a.example.com"))
            #expect(certificate.keyType == expected)
            #expect(certificate.issuedAt == Self.start)
            #expect(self.management("a.example.com", in: self.keeper.state)?.job == nil)
            #expect(!self.log.lines.joined().contains("PRIVATE KEY"))
        }
    }

    @Test("the CA knows the edge by one account, which is kept")
    func account() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            let first = try await self.issuer.next()
            try await self.manage("b.example.com")
            let second = try await self.issuer.next()
            #expect(first.account == second.account)
            let kept = try #require(self.keeper.state.acmeKey(at: self.issuer.directory))
            #expect(try AccountKey(pem: kept).description == first.account)
        }
    }

    @Test("what was in vain says why, and is tried again when the CA and the schedule allow it")
    func retried() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            try await self.issuer.next().refuse(ACMEError(.rateLimited, "too many", retryAfter: .seconds(600)))
            await self.keeper.wait { self.management("a.example.com", in: $0)?.job?.failure != nil }
            let job = self.management("a.example.com", in: self.keeper.state)?.job
            #expect(job?.failure?.code == .internal)
            #expect(job?.failure?.message.contains("too many (ERR_NGROK_26030)") == true)
            #expect(job?.retriesAt == Self.start.advanced(byNanoseconds: 600_000_000_000))
            await self.clock.awaitSleep(of: .seconds(601))
            #expect(self.issuer.asked == 1)
            self.clock.advance(by: .seconds(601))
            try await self.issuer.next().issue(by: self.authority)
            await self.keeper.wait { $0.certificate(for: "a.example.com") != nil }
        }
    }

    @Test(
        "an account is told what it has to change itself",
        arguments: [
            (.caa, .dns, "(ERR_NGROK_26014)"), (.dns, .dns, "(ERR_NGROK_26030)"),
            (.connection, .dns, "(ERR_NGROK_26030)"),
            (.unauthorized, .dns, "(ERR_NGROK_26030)"), (.rejectedIdentifier, .dns, "(ERR_NGROK_26030)"),
            (.unreachable, .internal, "(ERR_NGROK_26030)"), (.badAnswer, .internal, "(ERR_NGROK_26030)"),
            (.badNonce, .internal, "(ERR_NGROK_26030)"),
        ] as [(ACMEError.Code, ProvisioningFailure.Code, String)]
    )
    func failures(_ code: ACMEError.Code, _ expected: ProvisioningFailure.Code, _ number: String) async throws {
        try await self.working {
            try await self.manage("a.example.com")
            try await self.issuer.next().refuse(ACMEError(code, "for a reason"))
            await self.keeper.wait { self.management("a.example.com", in: $0)?.job?.failure != nil }
            let failure = self.management("a.example.com", in: self.keeper.state)?.job?.failure
            #expect(failure?.code == expected)
            #expect(failure?.message.hasSuffix("for a reason \(number)") == true)
        }
    }

    @Test("a certificate that is not the name's, or not the key's, is not taken")
    func useless() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            try await self.issuer.next().issue(by: self.authority, names: ["b.example.com"])
            await self.keeper.wait { self.management("a.example.com", in: $0)?.job?.failure != nil }
            try await self.manage("b.example.com")
            try await self.issuer.next().issue(self.authority.issue(["b.example.com"]).certificatePEM)
            await self.keeper.wait { self.management("b.example.com", in: $0)?.job?.failure != nil }
            #expect(self.keeper.state.tlsCertificates.count == 0)
        }
    }

    @Test("a certificate is replaced before it ends, and presented until then")
    func renewed() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            // So that no sleep is cut short: an hour is slept at most.
            try await self.issuer.next().issue(by: self.authority, from: 0, to: 3_000)
            await self.keeper.wait { $0.certificate(for: "a.example.com") != nil }
            let old = self.keeper.state.certificate(for: "a.example.com")
            let renewal = try #require(self.management("a.example.com", in: self.keeper.state)?.renewsAt)
            let wait = Duration.seconds(renewal.secondsSinceEpoch - Self.start.secondsSinceEpoch + 1)
            await self.clock.awaitSleep(of: wait)
            self.clock.advance(by: wait)
            let request = try await self.issuer.next()
            #expect(self.management("a.example.com", in: self.keeper.state)?.job != nil)
            #expect(self.keeper.state.certificate(for: "a.example.com") == old)
            request.refuse(ACMEError(.unreachable))
            await self.keeper.wait { self.management("a.example.com", in: $0)?.job?.failure != nil }
            #expect(self.keeper.state.certificate(for: "a.example.com") == old)
            await self.clock.awaitSleep(of: .seconds(121))
            self.clock.advance(by: .seconds(121))
            try await self.issuer.next().issue(by: self.authority)
            await self.keeper.wait { $0.certificate(for: "a.example.com") != old }
        }
    }

    @Test("what was under way when the edge stopped is begun anew")
    func restarted() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            _ = try await self.issuer.next()
        }
        #expect(self.management("a.example.com", in: self.keeper.state)?.job?.failure == nil)
        try await Self.working(Self.provisioner(self.keeper, self.issuer, self.clock, self.log)) {
            try await self.issuer.next().issue(by: self.authority)
            await self.keeper.wait { $0.certificate(for: "a.example.com") != nil }
        }
    }

    @Test("a CA that does not come to an end is given up")
    func patience() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            _ = try await self.issuer.next()
            await self.clock.awaitSleep(of: .seconds(900))
            self.clock.advance(by: .seconds(900))
            await self.keeper.wait { self.management("a.example.com", in: $0)?.job?.failure != nil }
            #expect(
                self.management("a.example.com", in: self.keeper.state)?.job?.failure?.message
                    == "Certificate obtain failed: tookTooLong: the CA did not come to an end (ERR_NGROK_26030)"
            )
        }
    }

    @Test("a CA is asked for four certificates at once, and for the next when one is there")
    func limit() async throws {
        try await self.working {
            let names = (1...5).map { "a\($0).example.com" }
            for name in names { try await self.manage(name) }
            var requests: [TestIssuer.Request] = []
            for _ in 1...4 { requests.append(try await self.issuer.next()) }
            let left = try #require(names.first { name in !requests.contains { $0.name == name } })
            await self.clock.awaitSleep(of: .seconds(3600))
            #expect(self.issuer.asked == 4)
            try requests[0].issue(by: self.authority)
            #expect(try await self.issuer.next().name == left)
        }
    }

    @Test("what could not be noted is not tried again at once")
    func brokenStore() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            let request = try await self.issuer.next()
            self.keeper.breakStore()
            request.refuse(ACMEError(.unreachable))
            await self.clock.awaitSleep(of: .seconds(120))
            self.keeper.news.ring()
            await self.clock.awaitSleep(of: .seconds(3600))
            #expect(self.issuer.asked == 1)
        }
    }

    @Test("a domain whose policy is taken off meanwhile gets nothing")
    func detached() async throws {
        try await self.working {
            try await self.manage("a.example.com")
            let request = try await self.issuer.next()
            try await self.keeper.change { state throws(ControlError) in
                guard let domain = state.managedDomains.first else { return }
                let context = ChangeContext(now: Self.start)
                try state.detachPolicy(ofDomain: domain.id, account: Self.account, context: context)
            }
            try request.issue(by: self.authority)
            try await self.manage("b.example.com")
            try await self.issuer.next().issue(by: self.authority)
            await self.keeper.wait { $0.certificate(for: "b.example.com") != nil }
            #expect(self.keeper.state.certificate(for: "a.example.com") == nil)
        }
    }
}
