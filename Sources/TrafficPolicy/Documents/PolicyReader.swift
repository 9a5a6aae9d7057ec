internal import AgentProtocol
package import ConfigurationFiles

extension PolicyDocument {
    /// Reads YAML or JSON.
    ///
    /// - Parameter file: As messages call it.
    /// - Throws: The first thing that is wrong, with its number and its place.
    package init(_ text: String, file: String) throws(PolicyError) {
        guard text.utf8.count <= PolicyLimits.bytes else {
            throw PolicyError(.policyUnreadable("it has more than \(PolicyLimits.bytes) bytes"), at: Place(file: file))
        }
        let value: YAMLValue
        do throws(ConfigurationError) {
            value = try YAMLValue.parse(text, file: file)
        } catch {
            throw PolicyError(.policyUnreadable(error.message), at: error.place ?? Place(file: file))
        }
        try self.init(value)
    }

    /// Reads what stands in another file, as an endpoint's `traffic_policy`.
    package init(_ value: YAMLValue) throws(PolicyError) {
        var reader = PolicyReader()
        self.init(rules: try reader.readDocument(value))
    }
}

/// Reads a document's outer parts: phases, rules, expressions. An action's configuration is ``ActionReader``'s.
struct PolicyReader {
    private var scope = PolicyScope.connection

    /// What stands at the top: phases of today, and their names of 2024.
    private enum Phase: String {
        case onTCPConnect = "on_tcp_connect"
        case inbound
        case outbound
        case onHTTPRequest = "on_http_request"
        case onHTTPResponse = "on_http_response"
    }

    mutating func readDocument(_ value: YAMLValue) throws(PolicyError) -> [PolicyRule] {
        var found: (phase: Phase, rules: YAMLValue)?
        for (key, rules) in try Self.reading({ () throws(ConfigurationError) in try value.entries() }) {
            let name = key.node.scalar ?? ""
            let phase = Phase(rawValue: name)
            switch phase {
            case .onTCPConnect, .inbound:
                if let found {
                    let reason = "'\(name)' is another name of '\(found.phase.rawValue)'; give one"
                    throw PolicyError(.policyUnreadable(reason), at: key.place)
                }
                found = phase.map { ($0, rules) }
            case .outbound, .onHTTPRequest, .onHTTPResponse:
                // Libraries that know all phases write those that are empty too.
                if try !Self.isEmpty(rules) { throw PolicyError(Self.wrongPhase(name), at: key.place) }
            case nil:
                throw PolicyError(Self.wrongPhase(name), at: key.place)
            }
        }
        guard let (phase, list) = found, !Self.isNothing(list) else { return [] }
        return try self.readRules(list, phase: phase.rawValue)
    }

    private static func wrongPhase(_ name: String) -> NgrokError {
        let suggestion = Suggestion.clause(for: name, among: [Phase.onTCPConnect.rawValue])
        return .policyPhase(name, proto: "TLS", hint: suggestion.isEmpty ? "; they have on_tcp_connect" : suggestion)
    }

    private static func isNothing(_ value: YAMLValue) -> Bool {
        value.node.isPlain && PlainScalar.isNull(value.node.scalar ?? "")
    }

    private static func isEmpty(_ rules: YAMLValue) throws(PolicyError) -> Bool {
        if self.isNothing(rules) { return true }
        return try self.reading { () throws(ConfigurationError) in try rules.list() }.isEmpty
    }

    /// What the reader of YAML says against a document's form.
    static func reading<Result>(_ body: () throws(ConfigurationError) -> Result) throws(PolicyError) -> Result {
        do throws(ConfigurationError) {
            return try body()
        } catch {
            throw PolicyError(.policyUnreadable(error.message), at: error.place ?? Place(file: ""))
        }
    }

    private mutating func readRules(_ list: YAMLValue, phase: String) throws(PolicyError) -> [PolicyRule] {
        let values = try Self.reading { () throws(ConfigurationError) in try list.list() }
        guard values.count <= PolicyLimits.rules else {
            throw PolicyError(.policyRuleLimit(PolicyLimits.rules), at: list.place)
        }
        var mappings: [YAMLMapping] = []
        for value in values {
            mappings.append(
                try Self.reading { () throws(ConfigurationError) in
                    try value.mapping("name", "expressions", "actions")
                }
            )
        }
        self.scope = PolicyScope.connection(settingVariables: SetVariables.names(in: mappings))
        var rules: [PolicyRule] = []
        for mapping in mappings { rules.append(try self.readRule(mapping, phase: phase)) }
        return rules
    }

    private func readRule(_ mapping: YAMLMapping, phase: String) throws(PolicyError) -> PolicyRule {
        let name = try Self.reading { () throws(ConfigurationError) in try mapping["name"]?.text() }
        return PolicyRule(
            name: name,
            conditions: try self.readConditions(mapping),
            actions: try self.readActions(mapping, phase: phase),
            place: mapping.whole.place
        )
    }

    private func readConditions(_ mapping: YAMLMapping) throws(PolicyError) -> [PolicyExpression] {
        guard let list = mapping["expressions"], !Self.isNothing(list) else { return [] }
        let values = try Self.reading { () throws(ConfigurationError) in try list.list() }
        guard values.count <= PolicyLimits.expressions else {
            let error = NgrokError.policyRulePartLimit(
                "expressions",
                limit: PolicyLimits.expressions,
                at: mapping.whole.path
            )
            throw PolicyError(error, at: list.place)
        }
        var conditions: [PolicyExpression] = []
        for value in values {
            let text = try Self.reading { () throws(ConfigurationError) in try value.string() }
            do throws(ExpressionError) {
                conditions.append(try PolicyExpression.condition(text, scope: self.scope))
            } catch {
                throw PolicyError(.policyExpression(error.description, at: value.path), at: value.place)
            }
        }
        return conditions
    }

    private func readActions(_ mapping: YAMLMapping, phase: String) throws(PolicyError) -> [PolicyAction] {
        let path = mapping.whole.path
        guard let list = mapping["actions"] else {
            throw PolicyError(.policyWithoutActions(at: path), at: mapping.whole.place)
        }
        let values = try Self.reading { () throws(ConfigurationError) in try list.list() }
        guard !values.isEmpty else { throw PolicyError(.policyWithoutActions(at: path), at: list.place) }
        guard values.count <= PolicyLimits.actions else {
            let error = NgrokError.policyRulePartLimit("actions", limit: PolicyLimits.actions, at: path)
            throw PolicyError(error, at: list.place)
        }
        var actions: [PolicyAction] = []
        for value in values {
            let action = try self.readAction(value, phase: phase)
            if let last = actions.last, last.kind.isTerminating {
                throw PolicyError(.policyActionUnreachable(action.kind.name, after: last.kind.name), at: value.place)
            }
            actions.append(action)
        }
        return actions
    }

    private func readAction(_ value: YAMLValue, phase: String) throws(PolicyError) -> PolicyAction {
        let mapping = try Self.reading { () throws(ConfigurationError) in try value.mapping("type", "config") }
        let type = try Self.reading { () throws(ConfigurationError) in try mapping.required("type") }
        let name = try Self.reading { () throws(ConfigurationError) in try type.text() }
        guard let known = PolicyActionType(rawValue: name) else {
            throw PolicyError(Self.unknownAction(name, phase: phase), at: type.place)
        }
        let reader = ActionReader(type: known, scope: self.scope, action: value)
        return PolicyAction(kind: try reader.read(mapping["config"]), place: value.place)
    }

    /// In the lists of 2024 it is the protocol that lacks an action of HTTP; of today's phases it is this one.
    private static func unknownAction(_ name: String, phase: String) -> NgrokError {
        guard PolicyActionType.ofHTTP.contains(name) else {
            let names = PolicyActionType.allCases.map(\.rawValue)
            let suggestion = Suggestion.clause(for: name, among: names)
            return .policyAction(
                name,
                hint: suggestion.isEmpty ? "; there are \(names.joined(separator: ", "))" : suggestion
            )
        }
        return phase == Phase.inbound.rawValue
            ? .policyActionProtocol(name, proto: "TLS") : .policyActionPhase(name, phase: phase)
    }
}
