/// One object of the control plane as it is kept.
package struct StoredObject: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        /// What it is, such as `certificate`.
        package let kind: String
        /// Unlike that of any other of its kind.
        package let id: String

        package init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    package let key: Key
    package let accountID: String
    /// JSON of at most 64 levels, of which the store understands nothing; it lies on disk as it is.
    package let document: String
    /// What nobody may read who only has the file, such as a private key: sealed on disk.
    package let secret: [UInt8]?

    package init(key: Key, accountID: String, document: String, secret: [UInt8]? = nil) {
        self.key = key
        self.accountID = accountID
        self.document = document
        self.secret = secret
    }
}

extension StoredObject.Key: CustomStringConvertible {
    package var description: String { "\(self.kind) \(self.id)" }
}

extension StoredObject: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Which it is; what it holds does not print.
    package var description: String { "<\(self.key)>" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
