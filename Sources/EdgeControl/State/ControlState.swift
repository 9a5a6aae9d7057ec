import EdgeCore

/// Everything that the control plane keeps, as one value.
///
/// An operation changes the value or throws and leaves it as it was. What it has changed is in ``takeChange()``, for a caller
/// that keeps a copy of the state elsewhere and must have written it before anybody sees it.
package struct ControlState: Sendable {
    package let settings: ControlSettings

    package internal(set) var accounts = ObjectTable<ControlAccount>()
    package internal(set) var credentials = ObjectTable<Credential>()
    package internal(set) var sshCredentials = ObjectTable<SSHCredential>()
    package internal(set) var apiKeys = ObjectTable<APIKey>()
    package internal(set) var reservedDomains = ObjectTable<ReservedDomain>()
    package internal(set) var tlsCertificates = ObjectTable<TLSCertificate>()
    package internal(set) var certificateAuthorities = ObjectTable<CertificateAuthority>()
    package internal(set) var ipPolicies = ObjectTable<IPPolicy>()
    package internal(set) var ipPolicyRules = ObjectTable<IPPolicyRule>()
    package internal(set) var tunnelGroupBackends = ObjectTable<TunnelGroupBackend>()
    package internal(set) var weightedBackends = ObjectTable<WeightedBackend>()
    package internal(set) var failoverBackends = ObjectTable<FailoverBackend>()
    package internal(set) var tlsEdges = ObjectTable<TLSEdge>()
    package internal(set) var eventDestinations = ObjectTable<EventDestination>()
    package internal(set) var eventSubscriptions = ObjectTable<EventSubscription>()
    var acmeAccounts = ObjectTable<ACMEAccount>()
    var seeds = ObjectTable<SeedMark>()

    private(set) var indices = ControlIndices()
    private var nextNumber: UInt64 = 1
    private var changed: [ObjectKey] = []

    package init(_ settings: ControlSettings = ControlSettings()) {
        self.settings = settings
    }

    // MARK: Looking

    /// - Throws: not found, for another account's object as well: that it exists is nobody else's business.
    package func object<R: ControlResource>(
        _ type: R.Type,
        id: String,
        account: String
    ) throws(ControlError) -> R {
        guard let object = self[keyPath: R.table][id], object.accountID == account else { throw R.notFound(id) }
        return object
    }

    /// What must be deleted, or changed, before this object may be.
    func users(of id: String) -> [String] {
        func users<R: ControlResource>(_ type: R.Type) -> [String] {
            self[keyPath: R.table].all.filter { $0.references.contains(id) }.map { "\(R.kind.title) '\($0.id)'" }
        }
        return ObjectKind.allCases.flatMap { users($0.type) }
    }

    // MARK: Changing

    package mutating func create<R: ControlResource>(
        _ draft: R.Draft,
        account: String,
        context: inout ChangeContext
    ) throws(ControlError) -> R {
        let identity = ObjectIdentity(
            id: RandomText.identifier(prefix: R.idPrefix, using: &context.generator),
            accountID: account,
            createdAt: context.now,
            number: self.nextNumber
        )
        let object = try R(draft, identity: identity, replacing: nil, in: self, context: context)
        self.put(object)
        return object
    }

    package mutating func update<R: ControlResource>(
        _ type: R.Type = R.self,
        id: String,
        account: String,
        context: ChangeContext,
        _ edit: (inout R.Draft) throws(ControlError) -> Void
    ) throws(ControlError) -> R {
        let former = try self.object(type, id: id, account: account)
        var draft = former.draft
        try edit(&draft)
        let object = try R(draft, identity: former.identity, replacing: former, in: self, context: context)
        self.put(object)
        return object
    }

    @discardableResult
    package mutating func delete<R: ControlResource>(
        _ type: R.Type,
        id: String,
        account: String
    ) throws(ControlError) -> R {
        let object = try self.object(type, id: id, account: account)
        if let user = object.users(in: self).first { throw R.inUse(id, by: user) }
        for dependent in object.dependents(in: self) { self.remove(dependent) }
        self.remove(object)
        return object
    }

    mutating func put<R: ControlResource>(_ object: R) {
        self[keyPath: R.table][object.id]?.leave(&self.indices)
        self[keyPath: R.table].put(object)
        object.enter(&self.indices)
        self.nextNumber = max(self.nextNumber, object.identity.number + 1)
        self.changed.append(ObjectKey(R.kind, object.id))
    }

    mutating func remove<R: ControlResource>(_ object: R) {
        object.leave(&self.indices)
        self[keyPath: R.table].remove(object.id)
        self.changed.append(ObjectKey(R.kind, object.id))
    }

    /// Does nothing where there is no such object.
    mutating func remove(_ key: ObjectKey) {
        func remove<R: ControlResource>(_ type: R.Type, from state: inout ControlState) {
            if let object = state[keyPath: R.table][key.id] { state.remove(object) }
        }
        remove(key.kind.type, from: &self)
    }

    /// The next object's number, for one whose id is not drawn.
    mutating func takeNumber() -> UInt64 {
        defer { self.nextNumber += 1 }
        return self.nextNumber
    }

    // MARK: Keeping

    /// What has changed since this was last asked: the objects as they are now, and those that are gone.
    package mutating func takeChange() throws -> ObjectChange {
        var change = ObjectChange()
        var seen: Set<ObjectKey> = []
        for key in self.changed where seen.insert(key).inserted {
            if let record = try self.record(key) { change.put.append(record) } else { change.delete.append(key) }
        }
        self.changed = []
        return change
    }

    /// As an object is kept; `nil` where there is none.
    package func record(_ key: ObjectKey) throws -> ObjectRecord? {
        func record<R: ControlResource>(_ type: R.Type) throws -> ObjectRecord? {
            try self[keyPath: R.table][key.id].map { try ObjectRecord($0) }
        }
        return try record(key.kind.type)
    }

    /// The state that was kept as these, in any order.
    package init(
        _ settings: ControlSettings = ControlSettings(),
        restoring records: some Sequence<ObjectRecord>
    ) throws {
        self.init(settings)
        func restore<R: ControlResource>(_ type: R.Type, _ record: ObjectRecord) throws {
            self.put(try record.object(type))
        }
        for record in records { try restore(record.key.kind.type, record) }
        self.changed = []
    }
}
