import JSONText

extension StoredChange {
    /// Refuses what could not be read again as it is written.
    func check(for store: String) throws(StoreError) {
        let put = Set(self.put.map(\.key))
        for key in self.delete {
            guard !put.contains(key) else {
                throw StoreError(.badChange, "a change of the store \(store) both puts and deletes \(key)")
            }
            try key.check(for: store)
        }
        for object in self.put { try object.check(for: store) }
    }
}

extension StoredObject {
    fileprivate func check(for store: String) throws(StoreError) {
        try self.key.check(for: store)
        try Self.check(self.accountID, "account of \(self.key)", for: store)
        do throws(JSONError) {
            _ = try JSONValue(reading: Array(self.document.utf8))
        } catch {
            throw StoreError(.badChange, "the store \(store) cannot keep the document of \(self.key): \(error)")
        }
    }

    /// SQLite's texts end at a zero byte: one with more behind it would be another object's.
    fileprivate static func check(
        _ text: String,
        _ name: @autoclosure () -> String,
        for store: String
    ) throws(StoreError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw StoreError(.badChange, "the store \(store) cannot keep the \(name()): it is empty or has a zero byte")
        }
    }
}

extension StoredObject.Key {
    fileprivate func check(for store: String) throws(StoreError) {
        try StoredObject.check(self.kind, "kind of \(self)", for: store)
        try StoredObject.check(self.id, "id of \(self)", for: store)
    }
}
