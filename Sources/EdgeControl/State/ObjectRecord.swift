import Foundation

/// An object as it is kept: a document that anybody may read, and what of it nobody may.
package struct ObjectRecord: Hashable, Sendable {
    package let key: ObjectKey
    package let accountID: String
    /// JSON.
    package let document: String
    package let secret: [UInt8]?

    package init(key: ObjectKey, accountID: String, document: String, secret: [UInt8]?) {
        self.key = key
        self.accountID = accountID
        self.document = document
        self.secret = secret
    }
}

extension ObjectRecord: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without what it holds.
    package var description: String { "ObjectRecord(\(self.key))" }
    package var debugDescription: String { self.description }
}

/// What has changed, for whoever keeps it.
package struct ObjectChange: Hashable, Sendable {
    package var put: [ObjectRecord] = []
    package var delete: [ObjectKey] = []

    package init() {}

    package var isEmpty: Bool { self.put.isEmpty && self.delete.isEmpty }
}

/// Why a kept object cannot be read again.
package struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    package let key: ObjectKey
    package let detail: String

    package var description: String { "the stored \(self.key) cannot be read: \(self.detail)" }
}

extension ObjectRecord {
    /// The form of the documents; another edge than ours may meet them.
    private static let version = 1

    private struct Document<Object: Codable>: Codable {
        let version: Int
        let object: Object
    }

    /// Of a document of any version.
    private struct Version: Decodable {
        let version: Int
    }

    init<R: ControlResource>(_ object: R) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = try encoder.encode(Document(version: Self.version, object: object))
        self.init(
            key: ObjectKey(R.kind, object.id),
            accountID: object.accountID,
            document: String(decoding: document, as: UTF8.self),
            secret: object.secret
        )
    }

    func object<R: ControlResource>(_ type: R.Type) throws -> R {
        let decoder = JSONDecoder()
        let data = Data(self.document.utf8)
        do {
            let version = try decoder.decode(Version.self, from: data).version
            guard version == Self.version else {
                throw RecordError(
                    key: self.key,
                    detail: "its version is \(version), and this edge knows \(Self.version)"
                )
            }
            var object = try decoder.decode(Document<R>.self, from: data).object
            guard object.id == self.key.id else {
                throw RecordError(key: self.key, detail: "it says that it is '\(object.id)'")
            }
            try object.restore(secret: self.secret)
            return object
        } catch let error as DecodingError {
            throw RecordError(key: self.key, detail: "\(error)")
        }
    }
}
