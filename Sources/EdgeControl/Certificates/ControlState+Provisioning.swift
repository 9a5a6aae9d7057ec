package import EdgeCore

/// Certificates that the edge gets by itself.
extension ControlState {
    /// The domains that have a policy.
    package var managedDomains: [ReservedDomain] { self.reservedDomains.all.filter { $0.management != nil } }

    /// Notes that a certificate is being got; where it was before, this changes nothing.
    package mutating func beginProvisioning(domain id: String, now: Timestamp) {
        self.manage(id) { management in
            if management.job == nil { management.job = ProvisioningJob(startedAt: now) }
        }
    }

    /// Keeps a certificate and has the domain present it. What the edge had got for it before goes, unless something else refers
    /// to it.
    ///
    /// - Parameter policy: What it was got for: where the domain has another by now, or is gone, nothing is kept.
    /// - Throws: what is wrong with the certificate.
    package mutating func provision(
        domain id: String,
        policy: CertificatePolicy,
        certificatePEM: String,
        privateKeyPEM: String,
        context: inout ChangeContext
    ) throws(ControlError) {
        guard let domain = self.reservedDomains[id], domain.draft.certificateManagementPolicy == policy else { return }
        var draft = TLSCertificate.Draft()
        draft.certificatePEM = certificatePEM
        draft.privateKeyPEM = privateKeyPEM
        let read: TLSCertificate = try self.create(draft, account: domain.accountID, context: &context)
        guard read.facts.dnsNames.contains(domain.name.text) else { throw .certificateOfAnother(domain.name) }
        guard let renewal = ProvisioningSchedule.renewal(of: read.facts), renewal > context.now else {
            throw .certificateTooShort
        }
        self.put(read.issued(at: context.now))
        self.put(domain.presenting(read.id, CertificateManagement(renewsAt: renewal)))
        self.discardIssued(domain.draft.certificateID)
    }

    /// Notes that it was in vain, and when it is tried again.
    package mutating func provisioningFailed(
        domain id: String,
        policy: CertificatePolicy,
        because failure: ProvisioningFailure,
        askedFor: Duration?,
        schedule: ProvisioningSchedule,
        now: Timestamp
    ) {
        guard self.reservedDomains[id]?.draft.certificateManagementPolicy == policy else { return }
        self.manage(id) { management in
            var job = management.job ?? ProvisioningJob(startedAt: now)
            job.failures += 1
            job.failure = failure
            let wait = schedule.wait(afterFailures: job.failures, askedFor: askedFor)
            job.retriesAt = now.advanced(by: wait)
            management.job = job
        }
    }

    /// Takes a policy off a domain, and with it what the edge has got for it.
    package mutating func detachPolicy(
        ofDomain id: String,
        account: String,
        context: ChangeContext
    ) throws(ControlError) {
        let former = try self.object(ReservedDomain.self, id: id, account: account).draft.certificateID
        let isIssued = former.flatMap { self.tlsCertificates[$0]?.issuedAt } != nil
        _ = try self.update(ReservedDomain.self, id: id, account: account, context: context) { draft in
            draft.certificateManagementPolicy = nil
            if isIssued { draft.certificateID = nil }
        }
        self.discardIssued(former)
    }

    private mutating func manage(_ id: String, _ edit: (inout CertificateManagement) -> Void) {
        guard let domain = self.reservedDomains[id], var management = domain.management else { return }
        edit(&management)
        guard management != domain.management else { return }
        self.put(domain.presenting(domain.draft.certificateID, management))
    }

    private mutating func discardIssued(_ id: String?) {
        guard let certificate = id.flatMap({ self.tlsCertificates[$0] }), certificate.issuedAt != nil,
            self.users(of: certificate.id).isEmpty
        else { return }
        self.remove(certificate)
    }

    // MARK: What the CA knows the edge by

    /// The key of the edge's account there, in PEM.
    package func acmeKey(at directory: String) -> String? {
        self.acmeAccounts.all.first { $0.draft.directory == directory }?.privateKeyPEM.text
    }

    /// Keeps the key of a new account.
    package mutating func keep(
        acmeKey: String,
        at directory: String,
        context: inout ChangeContext
    ) throws(ControlError) {
        let draft = ACMEAccount.Draft(directory: directory, privateKeyPEM: acmeKey)
        // No account of the edge's has such an id, so that none is shown it, and it goes with none.
        let _: ACMEAccount = try self.create(draft, account: "operator", context: &context)
    }
}

extension Timestamp {
    fileprivate func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(secondsSinceEpoch: self.secondsSinceEpoch + seconds, nanoseconds: self.nanoseconds)
            .advanced(byNanoseconds: attoseconds / 1_000_000_000)
    }
}

extension ControlError {
    fileprivate static func certificateOfAnother(_ name: DomainName) -> ControlError {
        ControlError(code: nil, "The certificate that the CA has issued is not for '\(name)'.")
    }
    /// It would be got again at once, and again.
    fileprivate static let certificateTooShort = ControlError(
        code: nil,
        "The certificate that the CA has issued ends before it could be renewed."
    )
}
