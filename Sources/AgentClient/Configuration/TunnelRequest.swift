package import ConfigurationFiles
package import JSONText

/// A tunnel or an endpoint that somebody asks a running agent for, in the words of its file. Paths are relative to where the agent
/// was started.
package enum TunnelRequest {
    /// - Parameters:
    ///   - request: A tunnel of version 2, and its `name`.
    package static func tunnel(_ request: JSONValue) throws(ConfigurationError) -> TunnelSettings {
        var members = try Self.members(request)
        guard let name = members.first(where: { $0.name == "name" })?.value.text, !name.isEmpty else {
            throw ConfigurationError("'name' is missing", hint: "add name: web, by which it is stopped")
        }
        members.removeAll { $0.name == "name" }
        let file = Self.parser
        return try file.tunnel(try Self.yaml(members), name: name)
    }

    /// - Parameters:
    ///   - request: An endpoint of version 3.
    ///   - name: Its name, which the request may repeat.
    package static func endpoint(_ request: JSONValue, name: String?) throws(ConfigurationError) -> TunnelSettings {
        var members = try Self.members(request)
        if let name {
            if let given = members.first(where: { $0.name == "name" })?.value, given != .string(name) {
                throw ConfigurationError("'name' is another than that of the address, '\(name)'")
            }
            members.removeAll { $0.name == "name" }
            members.append(.init("name", .string(name)))
        }
        let file = Self.parser
        return try file.endpoint(try Self.yaml(members))
    }

    private static var parser: AgentFileParser { AgentFileParser(file: "the request") }

    /// Without those that are null, which is how some clients leave one out, and without `inspect`: there is nothing of TLS to
    /// inspect, whether or not a client asks for it.
    private static func members(_ request: JSONValue) throws(ConfigurationError) -> [JSONValue.Member] {
        guard case .object(let members) = request else {
            throw ConfigurationError("the request is no JSON object")
        }
        for member in members where member.name == "inspect" {
            switch member.value {
            case .bool, .null: break
            default: throw ConfigurationError("'inspect' must be true or false")
            }
        }
        return members.filter { $0.value != .null && $0.name != "inspect" }
    }

    /// What the readers of files read. JSON is YAML (YAML 1.2.2 section 1.2), and this one has been read strictly.
    private static func yaml(_ members: [JSONValue.Member]) throws(ConfigurationError) -> YAMLValue {
        try YAMLValue.parse(String(decoding: JSONValue.object(members).encoded, as: UTF8.self), file: "the request")
    }
}
