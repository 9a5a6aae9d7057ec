package import JSONText

/// All that the edge's API can be asked, made of its description: what is described is a command, and nothing else is.
package struct APICommandTable: Sendable {
    /// In the order of the description.
    package let commands: [APICommand]

    /// - Parameter description: OpenAPI 3.1.
    package init(_ description: JSONValue) throws(APIDescriptionError) {
        let reader = DescriptionReader(document: description)
        var commands: [APICommand] = []
        guard case .object(let paths) = description["paths"] else { throw APIDescriptionError(place: "paths") }
        for path in paths {
            // The description itself is no resource.
            guard path.name != "/openapi.json", case .object(let operations) = path.value else { continue }
            for operation in operations where operation.name != "parameters" {
                commands.append(try reader.command(operation.name.uppercased(), path.name, operation.value))
            }
        }
        self.commands = commands
    }

    /// The command that a command line begins with.
    package func find(_ words: [String]) -> APICommand? {
        self.commands.first { words.starts(with: $0.words) }
    }

    /// The commands below these words, such as those of one resource.
    package func commands(below words: [String]) -> [APICommand] {
        self.commands.filter { $0.words.starts(with: words) }
    }
}

/// The description is not what the commands can be made of.
package struct APIDescriptionError: Error, Hashable, Sendable {
    package let place: String
}

private struct DescriptionReader {
    let document: JSONValue

    func command(_ method: String, _ path: String, _ operation: JSONValue) throws(APIDescriptionError) -> APICommand {
        guard let id = operation["operationId"]?.text else { throw APIDescriptionError(place: "\(method) \(path)") }
        let segments = path.split(separator: "/").map(String.init)
        let body = operation["requestBody"]?["content"]?["application/json"]?["schema"]
        var query: [APIField] = []
        for parameter in (operation["parameters"]?.elements ?? []).map(self.resolved)
        where parameter["in"]?.text == "query" {
            query.append(try self.parameter(parameter))
        }
        return APICommand(
            words: Self.words(segments, verb: String(id.prefix { $0.isLowercase })),
            summary: operation["summary"]?.text ?? "",
            method: method,
            path: path,
            parameters: segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) },
            query: query,
            body: try body.map { body throws(APIDescriptionError) in try self.fields(of: body, []) } ?? []
        )
    }

    /// The path's own words and the verb; three paths that lie below another resource's object have ngrok's words for them.
    private static func words(_ segments: [String], verb: String) -> [String] {
        let names = segments.filter { !$0.hasPrefix("{") }.map { $0.replacing("_", with: "-") }
        if names.starts(with: ["edges", "tls"]), names.count == 3 {
            return ["edge-modules", "tls-edge-\(names[2])", verb]
        }
        if names == ["reserved-domains", "certificate"] { return ["reserved-domains", "\(verb)-certificate"] }
        if names == ["event-subscriptions", "sources"] { return ["event-sources", verb] }
        // An address that ends in what it does.
        return (names.last == verb ? Array(names.dropLast()) : names) + [verb]
    }

    private func parameter(_ parameter: JSONValue) throws(APIDescriptionError) -> APIField {
        guard let name = parameter["name"]?.text else { throw APIDescriptionError(place: "a parameter's name") }
        return APIField(
            path: [name],
            kind: Self.kind(self.resolved(parameter["schema"] ?? .null), of: self),
            isRequired: false,
            description: parameter["description"]?.text ?? ""
        )
    }

    /// What a body may have. An object whose members are known is told by its members.
    private func fields(of schema: JSONValue, _ path: [String]) throws(APIDescriptionError) -> [APIField] {
        let schema = self.resolved(schema)
        guard case .object(let properties) = schema["properties"] else { return [] }
        let required = (schema["required"]?.elements ?? []).compactMap(\.text)
        var fields: [APIField] = []
        for property in properties {
            let value = self.resolved(property.value)
            // What must be null has no flag: leaving it out says the same.
            guard value["type"] != .string("null") else { continue }
            let inner = try self.fields(of: value, path + [property.name])
            guard inner.isEmpty else {
                fields += inner
                continue
            }
            fields.append(
                APIField(
                    path: path + [property.name],
                    kind: Self.kind(value, of: self),
                    isRequired: path.isEmpty && required.contains(property.name),
                    description: value["description"]?.text ?? property.value["description"]?.text ?? ""
                )
            )
        }
        return fields
    }

    private static func kind(_ schema: JSONValue, of reader: DescriptionReader) -> APIField.Kind {
        // `["string", "null"]` is a string that may be left out.
        let type = schema["type"]?.text ?? schema["type"]?.elements?.compactMap(\.text).first { $0 != "null" }
        switch type {
        case "string": return .text
        case "integer", "number": return .number
        case "boolean": return .truth
        case "array":
            let items = reader.resolved(schema["items"] ?? .null)
            return items["type"]?.text == "string" ? .list : .json
        case "object":
            switch schema["additionalProperties"]?["type"]?.text {
            case "string": return .map(isNumber: false)
            case "integer": return .map(isNumber: true)
            default: return .json
            }
        default: return .json
        }
    }

    /// What a reference stands for, and of a choice between something and null the something.
    private func resolved(_ schema: JSONValue) -> JSONValue {
        if let reference = schema["$ref"]?.text {
            var value = self.document
            for name in reference.split(separator: "/").dropFirst() { value = value[String(name)] ?? .null }
            return self.resolved(value)
        }
        if let choice = schema["oneOf"]?.elements?.first(where: { $0["type"] != .string("null") }) {
            return self.resolved(choice)
        }
        return schema
    }
}
