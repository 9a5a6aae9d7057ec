package import Addresses
internal import ConfigurationFiles

/// The names that expressions of one kind may use, with their types.
///
/// Names have dots in them, as CEL has it: `conn.tls.client.subject` may be a text and `conn.tls.client.subject.common_name`
/// another. Of a chain of names the longest that is declared is the variable, and what is behind it are fields of its value.
package struct ExpressionScope: Sendable {
    package struct Declaration: Sendable {
        package let name: String
        /// By which values are asked for; several names may have one.
        package let slot: Int
        package let type: ValueType
        /// Whether it is understood and never proposed: the older name of something.
        let isOld: Bool

        package init(_ name: String, slot: Int, type: ValueType, isOld: Bool = false) {
            self.name = name
            self.slot = slot
            self.type = type
            self.isOld = isOld
        }
    }

    private var variables: [String: Declaration] = [:]
    /// What may follow a name that is no variable: `conn` has `client_ip`.
    private var children: [String: Set<String>] = [:]
    /// Names that exist at ngrok and have no value here, and why.
    private var absent: [String: String] = [:]

    package init(_ declarations: [Declaration], absent: [String: String] = [:]) {
        for declaration in declarations { self.declare(declaration) }
        self.absent = absent
    }

    private mutating func declare(_ declaration: Declaration) {
        self.variables[declaration.name] = declaration
        guard !declaration.isOld else { return }
        var parent = ""
        for part in declaration.name.split(separator: ".") {
            self.children[parent, default: []].insert(String(part))
            parent += parent.isEmpty ? String(part) : ".\(part)"
        }
    }

    /// The same with one name more.
    func declaring(_ declaration: Declaration) -> ExpressionScope {
        var scope = self
        scope.declare(declaration)
        return scope
    }

    /// The longest beginning of `path` that is a variable, and how many of its parts that are.
    func variable(_ path: [String]) -> (Declaration, count: Int)? {
        var name = path.joined(separator: ".")
        for count in stride(from: path.count, to: 0, by: -1) {
            if let declaration = self.variables[name] { return (declaration, count) }
            name.removeLast(min(name.count, path[count - 1].count + 1))
        }
        return nil
    }

    /// Why `path` is no variable: `there is no 'conn.ip'; did you mean 'conn.client_ip'?`
    func problem(_ path: [String], at offset: Int) -> SourceError {
        var name = ""
        for part in path {
            name += name.isEmpty ? part : ".\(part)"
            if let reason = self.absent[name] {
                return SourceError(.unavailable, "'\(name)' has no value here: \(reason)", at: offset)
            }
        }
        return SourceError(.unknownName, self.unknown(path), at: offset)
    }

    private func unknown(_ path: [String]) -> String {
        var parent = ""
        for part in path {
            let name = parent.isEmpty ? part : "\(parent).\(part)"
            guard let known = self.children[parent] else { break }
            guard known.contains(part) else {
                let prefix = parent.isEmpty ? "" : "\(parent)."
                guard let nearest = Suggestion.nearest(to: part, among: known) else {
                    return "there is no '\(name)'; there are \(SourceText.list(known.map { prefix + $0 }))"
                }
                return "there is no '\(name)'; did you mean '\(prefix)\(nearest)'?"
            }
            parent = name
        }
        let known = self.children[parent] ?? []
        return "'\(parent)' is no value; use \(SourceText.list(known.map { "\(parent).\($0)" }))"
    }
}

/// The values behind an ``ExpressionScope``'s slots, for one evaluation.
package protocol ExpressionVariables {
    /// `nil` where there is none, or not yet.
    func value(of slot: Int) -> ExpressionValue?

    /// The same where it is known to be an address, so that nobody needs to read it from its text.
    func address(of slot: Int) -> IPAddress?
}
