import ConfigurationFiles
import ScenarioModel

/// `api:` and `told:` of a step.
struct APICallReader {
    let reading: Reading
    let endpoints: [EndpointPlan]
    /// The certificates that an API can be given; `nil` knows none and takes every name.
    let recipes: Set<String>?

    /// - Parameter saved: what earlier answers were asked for.
    func call(_ node: YAMLNode, saved: Set<String>) -> APICall? {
        guard let object = ObjectReader(node, Grammar.apiCall, self.reading),
            let method = object.required("method", in: "'api'").flatMap({
                self.reading.word($0, "method", as: APICall.Method.self)
            }),
            let pathNode = object.required("path", in: "'api'")
        else { return nil }
        let reading = self.reading(knowing: saved)
        guard let path = reading.text(pathNode) else { return nil }
        if !path.hasPrefix("/") {
            self.reading.report("'\(path)' is no path of the API: it begins with '/'", at: pathNode)
        }
        let body = object.node("body").flatMap { JSONReader(reading: reading).json($0) }
        if let node = object.node("body"), method == .get || method == .delete {
            self.reading.report("a \(method.rawValue) has no body", at: node)
        }
        return APICall(
            method: method,
            path: path,
            body: body,
            status: object.integer("status", in: 200...599),
            isOfOtherAccount: object.word("account", as: EndpointReader.Account.self) != nil,
            saves: object.node("save").map { self.saves($0, reading) } ?? [],
            expects: object.node("expect").map { self.fields($0, reading) } ?? []
        )
    }

    /// With what stands for itself until the case is played, and with what an edge's configuration calls a place of termination.
    private func reading(knowing saved: Set<String>) -> Reading {
        var reading = self.reading.knowing(recipes: self.recipes)
        reading.scope.texts["webhook"] = "${webhook}"
        for name in saved { reading.scope.texts["saved.\(name)"] = "${saved.\(name)}" }
        for endpoint in self.endpoints {
            let party = endpoint.role.terminatingParty
            // To an edge the agent's end of the tunnel is beyond it too.
            reading.scope.texts["\(endpoint.key).terminate-at"] = (party == .edge ? party : .upstream).rawValue
        }
        return reading
    }

    /// `told:` of a step, a mapping for each event.
    func told(_ node: YAMLNode, saved: Set<String>) -> [ToldEvent] {
        let reading = self.reading(knowing: saved)
        return reading.elements(node).map { ToldEvent(fields: self.fields($0, reading)) }
    }

    private func saves(_ node: YAMLNode, _ reading: Reading) -> [APICall.Save] {
        guard let object = ObjectReader(node, named: "save", keys: nil, reading) else { return [] }
        return object.entries.compactMap { entry in
            self.path(entry.value, reading).map { APICall.Save(name: entry.name, path: $0) }
        }
    }

    private func fields(_ node: YAMLNode, _ reading: Reading) -> [APICall.Field] {
        guard let object = ObjectReader(node, named: "expect", keys: nil, reading) else { return [] }
        return object.entries.compactMap { entry in
            guard let path = self.path(entry.key, reading), let value = JSONReader(reading: reading).json(entry.value)
            else {
                return nil
            }
            return APICall.Field(path: path, value: value)
        }
    }

    private func path(_ node: YAMLNode, _ reading: Reading) -> String? {
        guard let text = reading.text(node) else { return nil }
        if FieldPath(text) != nil { return text }
        self.reading.report(
            "'\(text)' is no place in an answer: names behind dots, [0] or [name=text] behind a list",
            at: node
        )
        return nil
    }
}
