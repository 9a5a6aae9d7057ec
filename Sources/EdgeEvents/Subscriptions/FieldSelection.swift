import JSONText

/// What a subscription wants of an event's object: paths such as `conn.client_ip`.
///
/// The order is the object's, whatever order was asked for, and an object of which nothing is left is left out.
package struct FieldSelection: Hashable, Sendable {
    private indirect enum Choice: Hashable, Sendable {
        case whole
        case members([String: Choice])

        /// What is chosen by this or by a path.
        func adding(_ path: ArraySlice<Substring>) -> Choice {
            guard case .members(var members) = self, let name = path.first else { return .whole }
            members[String(name)] = (members[String(name)] ?? .members([:])).adding(path.dropFirst())
            return .members(members)
        }

        func chosen(of value: JSONValue) -> JSONValue? {
            guard case .members(let choices) = self else { return value }
            guard case .object(let members) = value else { return nil }
            let chosen = members.compactMap { member in
                choices[member.name]?.chosen(of: member.value).map { JSONValue.Member(member.name, $0) }
            }
            return chosen.isEmpty ? nil : .object(chosen)
        }
    }

    private let choice: Choice

    package static let everything = FieldSelection([])

    /// - Parameter paths: None is everything.
    package init(_ paths: [String]) {
        self.choice = paths.reduce(paths.isEmpty ? .whole : .members([:])) { choice, path in
            choice.adding(path.split(separator: ".", omittingEmptySubsequences: false)[...])
        }
    }

    func chosen(of object: JSONValue) -> JSONValue { self.choice.chosen(of: object) ?? .object([]) }
}
