import EdgeControl
import EdgeCore
import JSONText

/// What an answer about an object needs besides the object: where the API is, and what else there is.
struct Representation: Sendable {
    /// `nil` where nobody knows, for want of an API: then nothing has an address.
    let baseURI: String?
    let state: ControlState
    let live: LiveResources
    /// Whether it is read by others than who may ask the API: then what only the owner must know is left out.
    var isOfEvent = false

    func uri(_ path: String) -> JSONValue { .optional(self.baseURI.map { $0 + path }) }

    /// How an answer names another object.
    func reference(_ path: String, _ id: String) -> JSONValue {
        .object([.init("id", .string(id)), .init("uri", self.uri("\(path)/\(id)"))])
    }

    func reference<R: APIResource>(_ type: R.Type, _ id: String) -> JSONValue { self.reference(R.path, id) }

    /// The reference to a backend of whichever kind.
    func backend(_ id: String) -> JSONValue {
        for (prefix, path) in [
            (WeightedBackend.idPrefix, WeightedBackend.path), (FailoverBackend.idPrefix, FailoverBackend.path),
        ] where id.hasPrefix(prefix + "_") {
            return self.reference(path, id)
        }
        return self.reference(TunnelGroupBackend.path, id)
    }

    /// What every object has in front. Also what is empty is there: ngrok's own clients for Python and Rust read it unasked.
    func head<R: APIResource>(of object: R, description: String, metadata: String) -> [JSONValue.Member] {
        [
            .init("id", .string(object.id)), .init("uri", self.uri("\(R.path)/\(object.id)")),
            .init("created_at", .string(object.identity.createdAt.wholeSecond)),
            .init("description", .string(description)), .init("metadata", .string(metadata)),
        ]
    }
}

extension JSONValue {
    static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// In the order of their keys, so that one object has one text.
    static func strings(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    /// A second since 1970, as RFC 3339 has it.
    static func moment(_ seconds: Int64?) -> JSONValue {
        .optional(seconds.map { Timestamp(secondsSinceEpoch: $0, nanoseconds: 0).wholeSecond })
    }
}
