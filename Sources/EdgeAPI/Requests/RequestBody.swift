import EdgeControl
import Foundation
import HTTPServing
import JSONText

/// The JSON object of a request. Fields that are null are as good as absent, which is how ngrok's clients leave one out.
struct RequestBody: Sendable {
    private let members: [JSONValue.Member]

    static let none = RequestBody(members: [])

    private init(members: [JSONValue.Member]) {
        self.members = members
    }

    /// - Throws: ERR_NGROK_213 for anything but one JSON object.
    init(_ bytes: [UInt8]) throws(ControlError) {
        guard !bytes.isEmpty else {
            self = .none
            return
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(reading: bytes)
        } catch {
            throw ControlError(code: 213, "The request's body cannot be parsed: \(error).")
        }
        guard case .object(let members) = value else {
            throw ControlError(code: 213, "The request's body is no JSON object.")
        }
        self.members = members.filter { $0.value != .null }
        try Self.refuseFractions(value, path: [])
    }

    /// No field is a fraction, and the decoder would not say which one is.
    private static func refuseFractions(_ value: JSONValue, path: [String]) throws(ControlError) {
        switch value {
        case .number: throw Self.refusal("must be a whole number of 64 bits", path)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try Self.refuseFractions(element, path: path + ["\(index)"])
            }
        case .object(let members):
            for member in members { try Self.refuseFractions(member.value, path: path + [member.name]) }
        case .null, .bool, .integer, .decimal, .string: break
        }
    }

    private static func refusal(_ reason: String, _ path: [String]) -> ControlError {
        let field = path.joined(separator: ".")
        return ControlError(code: 215, "The field '\(field)' \(reason).", field: field)
    }

    /// Whether a field is there.
    func has(_ field: String) -> Bool { self.members.contains { $0.name == field } }

    /// A new object's draft.
    func draft<Draft: ResourceDraft>(_ empty: Draft = Draft()) throws(ControlError) -> Draft {
        try self.check(Draft.shape, without: [], path: "")
        return try self.value(Draft.self, over: empty)
    }

    /// Changes what the body names, and leaves the rest.
    func apply<Draft: ResourceDraft>(to draft: inout Draft) throws(ControlError) {
        try self.check(Draft.shape, without: Draft.fixedFields, path: "")
        if self.members.isEmpty, let code = Draft.emptyUpdateCode {
            throw ControlError(code: code, "The update gives no value. Give at least one.")
        }
        draft = try self.value(Draft.self, over: draft)
    }

    /// Something that is given whole.
    func value<Value: Codable>(_ type: Value.Type, shape: FieldShape) throws(ControlError) -> Value {
        try self.check(shape, without: [], path: "")
        return try self.decoded(Value.self, self.members)
    }

    private func value<Value: Codable>(_ type: Value.Type, over base: Value) throws(ControlError) -> Value {
        guard case .object(var members) = try Self.json(base) else { return base }
        for member in self.members {
            members.removeAll { $0.name == member.name }
            members.append(member)
        }
        return try self.decoded(type, members)
    }

    /// The fields of a draft as a request would give them.
    static func json(_ value: some Encodable) throws(ControlError) -> JSONValue {
        do {
            return try JSONValue(reading: Array(JSONEncoder().encode(value)))
        } catch {
            // A draft is texts, numbers and lists of them, which have all been JSON before: this does not happen.
            throw ControlError(.unavailable, code: 802, "The object's fields cannot be written: \(error).")
        }
    }

    private func decoded<Value: Decodable>(
        _ type: Value.Type,
        _ members: [JSONValue.Member]
    ) throws(ControlError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(JSONValue.object(members).encoded))
        } catch let error as DecodingError {
            throw Self.refusal(error)
        } catch {
            throw ControlError(code: 213, "The request's body cannot be parsed: \(error).")
        }
    }

    private static func refusal(_ error: DecodingError) -> ControlError {
        let (path, reason): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .valueNotFound(_, let context): (context.codingPath, "must not be null")
            case .typeMismatch(let type, let context): (context.codingPath, "must be \(Self.name(of: type))")
            case .dataCorrupted(let context): (context.codingPath, "cannot be read")
            @unknown default: ([], "cannot be read")
            }
        return Self.refusal(reason, path.map { $0.intValue.map(String.init) ?? $0.stringValue })
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }

    private func check(
        _ shape: FieldShape,
        without hidden: Set<String>,
        path: String
    ) throws(ControlError) {
        let supported = shape.fields.filter { !hidden.contains($0.key) }
        for member in self.members {
            let name = path.isEmpty ? member.name : "\(path).\(member.name)"
            guard let nested = supported[member.name] else {
                throw ControlError(
                    code: 214,
                    "The field '\(name)' is not expected. Supported: \(supported.keys.sorted().joined(separator: ", ")).",
                    field: name
                )
            }
            guard let nested else { continue }
            for value in member.value.elements ?? [member.value] {
                guard case .object(let members) = value else { continue }
                let body = RequestBody(members: members.filter { $0.value != .null })
                try body.check(nested, without: [], path: name)
            }
        }
    }
}
