import ACME
import Dispatch
package import EdgeControl
package import EdgeCore
import LibCrypto
package import Logging
import Synchronization

/// Where domains and their certificates are kept.
package protocol CertificateKeeper: Sendable {
    var state: ControlState { get }

    /// Changes the state as far as the edge itself does: what `body` leaves is kept first, and seen by everybody after that.
    func change(_ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Void) async throws
}

/// Gets certificates for the domains whose policy asks for it, and replaces them before they end.
///
/// It stands beside everything else: whatever a CA does or leaves undone, a domain presents what it presented before.
package final class CertificateProvisioner: Sendable {
    /// At once. A CA that does not answer must not keep the others waiting, and need not be asked by all of them.
    private static let limit = 4
    /// For one certificate: what the client waits for by itself comes to some ten minutes.
    private static let patience = Duration.seconds(900)
    /// After so long the clock is read again, which may have been set meanwhile.
    private static let longestSleep = Duration.seconds(3600)

    private let keeper: any CertificateKeeper
    private let issuer: any CertificateIssuer
    private let schedule: ProvisioningSchedule
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// Ids of the domains for which a certificate is being got.
    private let underWay = Mutex<Set<String>>([])
    private let news: WakeUp

    /// - Parameter news: Rings when the state has changed.
    package init(
        _ keeper: any CertificateKeeper,
        news: WakeUp,
        issuer: any CertificateIssuer,
        schedule: ProvisioningSchedule,
        now: @escaping @Sendable () -> Timestamp,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.keeper = keeper
        self.news = news
        self.issuer = issuer
        self.schedule = schedule
        self.now = now
        self.clock = clock
        self.logger = logger
    }

    /// Works until the task is cancelled. What was under way then is begun anew by the next.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                // Before the state: what is not under way now has left what it came to in there.
                let busy = self.underWay.withLock { $0 }
                let (domains, now) = (self.keeper.state.managedDomains, self.now())
                let due = domains.filter { domain in
                    !busy.contains(domain.id) && domain.management?.dueAt.map { $0 <= now } ?? false
                }
                for domain in due.prefix(Self.limit - busy.count) {
                    self.underWay.withLock { _ = $0.insert(domain.id) }
                    group.addTask {
                        await self.provision(domain)
                        self.underWay.withLock { _ = $0.remove(domain.id) }
                        self.news.ring()
                    }
                }
                await self.sleep(until: domains.compactMap { $0.management?.dueAt }.filter { $0 > now }.min(), now)
            }
        }
    }

    /// Until something has changed, or is due.
    private func sleep(until due: Timestamp?, _ now: Timestamp) async {
        let wait = due.map { Duration.seconds($0.secondsSinceEpoch - now.secondsSinceEpoch + 1) } ?? Self.longestSleep
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.news.wait() }
            // Cut short by being cancelled, when there are news.
            group.addTask { try? await self.clock.sleep(for: min(wait, Self.longestSleep)) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: One certificate

    private func provision(_ domain: ReservedDomain) async {
        guard let policy = domain.draft.certificateManagementPolicy else { return }
        var metadata: Logger.Metadata = ["domain.name": "\(domain.name)"]
        do {
            let now = self.now()
            try await self.keeper.change { state throws(ControlError) in
                state.beginProvisioning(domain: domain.id, now: now)
            }
            self.logger.info("a certificate is being got", metadata: metadata)
            try await self.get(for: domain, policy)
            self.logger.info("a certificate was got", metadata: metadata)
        } catch {
            // The edge stops.
            guard !Task.isCancelled else { return }
            metadata["error.message"] = "\(error)"
            self.logger.warning("no certificate was got", metadata: metadata)
            await self.note(error, domain, policy)
        }
    }

    private func get(for domain: ReservedDomain, _ policy: CertificatePolicy) async throws {
        let account = try await self.account()
        let key = try await Self.makeKey(policy.keyKind)
        let keyPEM = try key.pem
        let chain = try await self.patiently {
            try await self.issuer.certificate(for: domain.name.text, key: key, account: account)
        }
        let now = self.now()
        try await self.keeper.change { state throws(ControlError) in
            var context = ChangeContext(now: now)
            try state.provision(
                domain: domain.id,
                policy: policy,
                certificatePEM: chain,
                privateKeyPEM: keyPEM,
                context: &context
            )
        }
    }

    /// What the CA knows the edge by; made where there is none.
    private func account() async throws -> AccountKey {
        let directory = self.issuer.directory
        if let pem = self.keeper.state.acmeKey(at: directory) { return try AccountKey(pem: pem) }
        let made = try AccountKey().pem
        let now = self.now()
        try await self.keeper.change { state throws(ControlError) in
            // Another domain may have come first.
            guard state.acmeKey(at: directory) == nil else { return }
            var context = ChangeContext(now: now)
            try state.keep(acmeKey: made, at: directory, context: &context)
        }
        return try AccountKey(pem: self.keeper.state.acmeKey(at: directory) ?? made)
    }

    /// An RSA key of 4096 bits takes seconds, in which no task of the edge's may find its thread taken.
    private static func makeKey(_ kind: PrivateKey.Kind) async throws -> PrivateKey {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try PrivateKey(kind) })
            }
        }
    }

    /// - Throws: `tookTooLong` where `body` takes more than ``patience``.
    private func patiently(_ body: @escaping @Sendable () async throws -> String) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.clock.sleep(for: Self.patience)
                throw ACMEError(.tookTooLong, "the CA did not come to an end")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func note(_ error: any Error, _ domain: ReservedDomain, _ policy: CertificatePolicy) async {
        let (now, schedule) = (self.now(), self.schedule)
        let failure = ProvisioningFailure(error)
        let askedFor = (error as? ACMEError)?.retryAfter
        do {
            try await self.keeper.change { state throws(ControlError) in
                state.provisioningFailed(
                    domain: domain.id,
                    policy: policy,
                    because: failure,
                    askedFor: askedFor,
                    schedule: schedule,
                    now: now
                )
            }
        } catch {
            // The store is out of order, as the log says by now. What could not be noted would be tried again at once.
            try? await self.clock.sleep(for: schedule.wait(afterFailures: 1, askedFor: askedFor))
        }
    }
}

extension ProvisioningFailure {
    /// What an account is told: the reason of a CA's, and of the edge's own trouble that there is some.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as ACMEError where error.code == .caa:
            self.init(.dns, "CAA check failed: \(error.detail) (ERR_NGROK_26014)")
        case let error as ACMEError:
            let code: Code = Self.codesOfTheAccount.contains(error.code) ? .dns : .internal
            self.init(code, "Certificate obtain failed: \(error) (ERR_NGROK_26030)")
        case let error as ControlError:
            self.init(.internal, "Certificate obtain failed: \(error.message) (ERR_NGROK_26030)")
        default:
            self.init(.internal, "Certificate obtain failed (ERR_NGROK_26030)")
        }
    }

    /// What the CA says when the name does not lead here, or is none that it issues for.
    private static let codesOfTheAccount: Set<ACMEError.Code> = [
        .connection, .dns, .incorrectResponse, .rejectedIdentifier, .tls, .unauthorized,
    ]
}
