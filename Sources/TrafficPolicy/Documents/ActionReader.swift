internal import AgentProtocol
internal import ConfigurationFiles

/// Reads the configuration of one action.
struct ActionReader {
    let type: PolicyActionType
    let scope: ExpressionScope
    /// The whole action, for what is missing in it.
    let action: YAMLValue

    var name: String { self.type.rawValue }

    func read(_ config: YAMLValue?) throws(PolicyError) -> PolicyAction.Kind {
        switch self.type {
        case .deny:
            try self.requireNothing(config)
            return .deny
        case .closeConnection:
            try self.requireNothing(config)
            return .closeConnection
        case .log:
            return .log(try self.readMetadata(config))
        case .setVariables:
            return .setVariables(try self.readVariables(config))
        case .restrictIPs:
            return .restrictIPs(try self.readRestriction(config))
        case .forwardInternal:
            return .forwardInternal(try self.readForwarding(config))
        case .terminateTLS:
            return .terminateTLS(try self.readTermination(config))
        }
    }

    private func requireNothing(_ config: YAMLValue?) throws(PolicyError) {
        if let config, try !self.keys(of: config).isEmpty {
            let reason = "\(self.name) of a TLS endpoint has no configuration"
            throw PolicyError(.policyConfigUnreadable(reason, action: self.name), at: config.place)
        }
    }
}

extension ActionReader {
    /// What the reader of YAML says against a configuration's form.
    func reading<Result>(_ body: () throws(ConfigurationError) -> Result) throws(PolicyError) -> Result {
        do throws(ConfigurationError) {
            return try body()
        } catch {
            let reason = NgrokError.policyConfigUnreadable(error.message, action: self.name)
            throw PolicyError(reason, at: error.place ?? self.action.place)
        }
    }

    private func isNothing(_ value: YAMLValue) -> Bool {
        value.node.isPlain && PlainScalar.isNull(value.node.scalar ?? "")
    }

    private func keys(of config: YAMLValue) throws(PolicyError) -> [String] {
        if self.isNothing(config) { return [] }
        return try self.reading { () throws(ConfigurationError) in try config.entries() }.map { $0.key.path }
    }

    /// A configuration that may have these keys, or `nil` where there is none; keys without a value count as absent.
    func mapping(_ config: YAMLValue?, _ known: [String]) throws(PolicyError) -> [String: YAMLValue] {
        guard let config, !self.isNothing(config) else { return [:] }
        var values: [String: YAMLValue] = [:]
        for (key, value) in try self.reading({ () throws(ConfigurationError) in try config.entries() }) {
            let name = key.node.scalar ?? ""
            guard known.contains(name) else {
                let suggestion = Suggestion.clause(for: name, among: known)
                let reason =
                    "there is no '\(name)'\(suggestion.isEmpty ? "; there are \(known.joined(separator: ", "))" : suggestion)"
                throw PolicyError(.policyConfigUnreadable(reason, action: self.name), at: key.place)
            }
            if !self.isNothing(value) { values[name] = value }
        }
        return values
    }

    func missing(_ field: String, of config: YAMLValue?) -> PolicyError {
        PolicyError(.policyConfigMissing(field, action: self.name), at: (config ?? self.action).place)
    }

    /// One word of a closed set.
    func word<Value: CaseIterable & RawRepresentable<String>>(
        _ value: YAMLValue,
        _ field: String,
        of type: Value.Type
    ) throws(PolicyError) -> Value {
        let text = try self.reading { () throws(ConfigurationError) in try value.text() }
        guard let word = Value(rawValue: text) else {
            let wanted = Value.allCases.map(\.rawValue).joined(separator: " or ")
            throw PolicyError(.policyConfigValue(field, text, wanted: wanted, action: self.name), at: value.place)
        }
        return word
    }

    func template(_ value: YAMLValue, _ field: String) throws(PolicyError) -> TextTemplate {
        let text = try self.reading { () throws(ConfigurationError) in try value.text() }
        guard !text.isEmpty else {
            throw PolicyError(.policyConfigEmpty(field, action: self.name), at: value.place)
        }
        return try self.template(text, field, at: value)
    }

    private func template(_ text: String, _ field: String, at value: YAMLValue) throws(PolicyError) -> TextTemplate {
        do throws(ExpressionError) {
            return try TextTemplate(text, scope: self.scope)
        } catch {
            throw PolicyError(.policyTemplate(error.description, action: self.name, at: field), at: value.place)
        }
    }

    func entries(_ value: YAMLValue?, _ field: String) throws(PolicyError) -> [YAMLValue] {
        guard let value else { return [] }
        let entries = try self.reading { () throws(ConfigurationError) in try value.list() }
        guard entries.count <= PolicyLimits.entries else {
            let error = NgrokError.policyEntryLimit(field, count: entries.count, limit: PolicyLimits.entries)
            throw PolicyError(error, at: value.place)
        }
        return entries
    }
}

extension ActionReader {
    private func readMetadata(_ config: YAMLValue?) throws(PolicyError) -> [(name: String, value: ValueTemplate)] {
        guard let metadata = try self.mapping(config, ["metadata"])["metadata"] else {
            throw self.missing("metadata", of: config)
        }
        var members: [(name: String, value: ValueTemplate)] = []
        for (key, value) in try self.reading({ () throws(ConfigurationError) in try metadata.entries() }) {
            members.append((key.node.scalar ?? "", try self.value(value, "metadata", depth: 1)))
        }
        return members
    }

    private func readVariables(_ config: YAMLValue?) throws(PolicyError) -> [(name: String, value: ValueTemplate)] {
        guard let list = try self.mapping(config, ["vars"])["vars"] else { throw self.missing("vars", of: config) }
        guard case .list(let entries) = list.node.content else {
            throw PolicyError(.policyVariablesFormat, at: list.place)
        }
        guard entries.count <= PolicyLimits.variables else {
            throw PolicyError(.policyVariableLimit(PolicyLimits.variables), at: list.place)
        }
        var variables: [(name: String, value: ValueTemplate)] = []
        for entry in entries {
            guard case .mapping(let members) = entry.content, members.count == 1, let member = members.first else {
                throw PolicyError(.policyVariablesFormat, at: entry.place)
            }
            let name = member.key.scalar ?? ""
            guard Self.isName(name) else { throw PolicyError(.policyVariableName(name), at: member.key.place) }
            variables.append((name, try self.value(YAMLValue(member.value, path: name), name, depth: 0)))
        }
        return variables
    }

    /// What an expression can say behind `vars.`
    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !ScalarSet.digit.contains(first) else { return false }
        return text.unicodeScalars.allSatisfy(ScalarSet.word.contains)
    }

    private func value(_ value: YAMLValue, _ field: String, depth: Int) throws(PolicyError) -> ValueTemplate {
        guard depth < PolicyLimits.depth || value.isScalar else {
            throw PolicyError(.policyVariableDepth(PolicyLimits.depth), at: value.place)
        }
        switch value.node.content {
        case .scalar(let text):
            if value.node.isPlain, case let plain = PlainScalar.value(text), plain.type != .string {
                return .constant(plain)
            }
            let template = try self.template(text, field, at: value)
            return template.constant.map { .constant(.string($0)) } ?? .text(template)
        case .list:
            var elements: [ValueTemplate] = []
            for element in try self.reading({ () throws(ConfigurationError) in try value.list() }) {
                elements.append(try self.value(element, field, depth: depth + 1))
            }
            return .list(elements)
        case .mapping:
            var members: [(name: String, value: ValueTemplate)] = []
            for (key, member) in try self.reading({ () throws(ConfigurationError) in try value.entries() }) {
                members.append((key.node.scalar ?? "", try self.value(member, field, depth: depth + 1)))
            }
            return .mapping(members)
        }
    }
}
