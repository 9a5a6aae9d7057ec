extension ControlState {
    /// Makes the state have what a configuration file says.
    ///
    /// An entry is put in when it is new, or says something else than when it was put in last; what the API has made of its object
    /// since then stays otherwise. What the file no longer has is taken away, unless something that the file does not name
    /// refers to it: then it stays until nothing does.
    ///
    /// - Returns: what the file no longer has, and is there still.
    /// - Throws: what is wrong with an entry. The state is then as it was.
    @discardableResult
    package mutating func apply(_ seed: Seed, context: ChangeContext) throws(ControlError) -> [ObjectKey] {
        var next = self
        let kept = try next.applying(seed, context: context.ofOperator)
        self = next
        return kept
    }

    private mutating func applying(_ seed: Seed, context: ChangeContext) throws(ControlError) -> [ObjectKey] {
        var named: Set<ObjectKey> = []
        for entry in seed.entries where !named.insert(entry.key).inserted {
            throw ControlError(code: nil, "The configuration has '\(entry.name)' twice.")
        }
        let before = self
        // First what is gone, since a name that it held may be in the file again.
        let gone = self.seeds.all.filter { mark in mark.objectKey.map { !named.contains($0) } ?? true }
        for mark in gone { self.takeAway(mark) }
        for kind in ObjectKind.allCases {
            for entry in seed.entries where entry.key.kind == kind { try self.put(entry, context: context) }
        }
        var kept: [ObjectKey] = []
        // Backwards: a policy that an edge refers to, which is kept itself, must be kept too.
        for mark in gone.reversed() {
            guard let key = mark.objectKey, before.accounts[mark.accountID] != nil, self.restore(key, from: before)
            else { continue }
            self.put(mark)
            kept.append(key)
        }
        return kept
    }

    private mutating func put(_ entry: Seed.Entry, context: ChangeContext) throws(ControlError) {
        let markID = "\(SeedMark.idPrefix)_\(entry.key.id)"
        let former = self.seeds[markID]
        guard former?.draft.digest != entry.digest else { return }
        do throws(ControlError) {
            try entry.put(&self, context)
        } catch {
            throw ControlError(
                error.kind,
                code: error.code,
                "The \(entry.key.kind.title) '\(entry.name)' of the configuration: \(error.message)",
                field: error.field
            )
        }
        var draft = SeedMark.Draft()
        draft.name = entry.name
        draft.kind = entry.key.kind.rawValue
        draft.objectID = entry.key.id
        draft.digest = entry.digest
        let identity = ObjectIdentity(
            id: markID,
            accountID: self.accountID(of: entry.key) ?? "",
            createdAt: context.now,
            number: former?.identity.number ?? self.takeNumber()
        )
        self.put(try SeedMark(draft, identity: identity, replacing: former, in: self, context: context))
    }

    private func accountID(of key: ObjectKey) -> String? {
        func accountID<R: ControlResource>(_ type: R.Type) -> String? { self[keyPath: R.table][key.id]?.accountID }
        return accountID(key.kind.type)
    }

    /// An account takes with it whatever it owned: a token of nobody must let nobody in.
    private mutating func takeAway(_ mark: SeedMark) {
        self.remove(mark)
        guard let key = mark.objectKey else { return }
        if key.kind == .account {
            for kind in ObjectKind.allCases where kind != .seed { self.removeAll(kind, of: key.id) }
        }
        self.removeDependents(of: key)
        self.remove(key)
    }

    private mutating func removeAll(_ kind: ObjectKind, of accountID: String) {
        func ids<R: ControlResource>(_ type: R.Type) -> [String] {
            self[keyPath: R.table].all(of: accountID).map(\.id)
        }
        for id in ids(kind.type) { self.remove(ObjectKey(kind, id)) }
    }

    private mutating func removeDependents(of key: ObjectKey) {
        func dependents<R: ControlResource>(_ type: R.Type) -> [ObjectKey] {
            self[keyPath: R.table][key.id]?.dependents(in: self) ?? []
        }
        for dependent in dependents(key.kind.type) { self.remove(dependent) }
    }

    /// Puts back an object that something here still refers to; `false` where nothing does.
    private mutating func restore(_ key: ObjectKey, from before: ControlState) -> Bool {
        func restore<R: ControlResource>(_ type: R.Type, in state: inout ControlState) -> Bool {
            guard let object = before[keyPath: R.table][key.id], state.accounts[object.accountID] != nil,
                object.isVacant(in: state), !object.users(in: state).isEmpty
            else { return false }
            state.put(object)
            for dependent in object.dependents(in: before) { state.putBack(dependent, from: before) }
            return true
        }
        return restore(key.kind.type, in: &self)
    }

    private mutating func putBack(_ key: ObjectKey, from before: ControlState) {
        func putBack<R: ControlResource>(_ type: R.Type, in state: inout ControlState) {
            if let object = before[keyPath: R.table][key.id] { state.put(object) }
        }
        putBack(key.kind.type, in: &self)
    }
}
