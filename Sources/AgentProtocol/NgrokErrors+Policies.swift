/// What can be wrong with a traffic policy. `at` is where, as `on_tcp_connect[0].actions[1].config.url` or `log.metadata`.
extension NgrokError {
    /// A sentence that may have become a question: `…; did you mean 'deny'?`
    private static func closed(_ sentence: String) -> String { sentence.hasSuffix("?") ? sentence : sentence + "." }

    // MARK: The document

    package static func policyUnreadable(_ reason: String) -> NgrokError {
        NgrokError(code: 2236, message: "The traffic policy cannot be read: \(self.closed(reason))")
    }
    package static func policyPhase(_ phase: String, proto: String, hint: String) -> NgrokError {
        NgrokError(code: 2230, message: self.closed("\(proto) endpoints have no phase '\(phase)'\(hint)"))
    }
    package static func policyRuleLimit(_ limit: Int) -> NgrokError {
        NgrokError(code: 2264, message: "The traffic policy has more than \(limit) rules. Join some.")
    }
    package static func policyRulePartLimit(_ part: String, limit: Int, at place: String) -> NgrokError {
        NgrokError(code: 2265, message: "'\(place)' has more than \(limit) \(part). Make two rules of it.")
    }
    package static func policyWithoutActions(at place: String) -> NgrokError {
        NgrokError(code: 2206, message: "'\(place)' has no action. A rule needs one or more.")
    }
    package static let policyWithoutEnd = NgrokError(
        code: 2235,
        message:
            "The traffic policy lets connections pass its last rule. End with a rule without expressions that denies, closes or forwards."
    )

    // MARK: Expressions

    package static func policyExpression(_ reason: String, at place: String) -> NgrokError {
        NgrokError(code: 2200, message: "The expression '\(place)' cannot be used: \(reason).")
    }
    package static func policyTemplate(_ reason: String, action: String, at place: String) -> NgrokError {
        NgrokError(code: 2224, message: "An expression in '\(place)' of \(action) cannot be used: \(reason).")
    }
    /// While a connection is served.
    package static func policyEvaluation(_ expression: String, _ reason: String) -> NgrokError {
        NgrokError(code: 2254, message: "The expression '\(expression)' has no value: \(reason).")
    }
    /// While a connection is served.
    package static func policyTemplateEvaluation(_ reason: String, action: String, at place: String) -> NgrokError {
        NgrokError(code: 2253, message: "An expression in '\(place)' of \(action) has no value: \(reason).")
    }

    // MARK: Actions

    package static func policyAction(_ type: String, hint: String) -> NgrokError {
        NgrokError(code: 2201, message: self.closed("There is no action '\(type)'\(hint)"))
    }
    package static func policyActionPhase(_ type: String, phase: String) -> NgrokError {
        NgrokError(code: 2202, message: "The phase '\(phase)' has no action '\(type)'.")
    }
    package static func policyActionProtocol(_ type: String, proto: String) -> NgrokError {
        NgrokError(code: 2205, message: "\(proto) endpoints have no action '\(type)'.")
    }
    package static func policyActionUnreachable(_ type: String, after previous: String) -> NgrokError {
        NgrokError(
            code: 2207,
            message: "The action '\(type)' comes after '\(previous)', which ends the connection's rules."
        )
    }
    package static func policyConfigUnreadable(_ reason: String, action: String) -> NgrokError {
        NgrokError(code: 2203, message: "The configuration of \(action) cannot be read: \(self.closed(reason))")
    }
    package static func policyConfigMissing(_ field: String, action: String) -> NgrokError {
        NgrokError(code: 2234, message: "The configuration of \(action) lacks '\(field)'.")
    }
    package static func policyConfigEmpty(_ field: String, action: String) -> NgrokError {
        NgrokError(code: 2223, message: "'\(field)' of \(action) is empty.")
    }
    /// - Parameter wanted: As in `'on_error' must be halt or continue`.
    package static func policyConfigValue(
        _ field: String,
        _ value: String,
        wanted: String,
        action: String
    ) -> NgrokError {
        NgrokError(code: 2222, message: "'\(field)' of \(action) must be \(wanted), not '\(value)'.")
    }
    package static func policyConfigURL(_ field: String, _ value: String, action: String) -> NgrokError {
        NgrokError(
            code: 2226,
            message: "'\(field)' of \(action) must be a URL, not '\(value)'. Write tls://NAME.internal."
        )
    }
    package static func policyConfigNeeds(_ missing: String, with field: String, action: String) -> NgrokError {
        NgrokError(code: 2240, message: "'\(field)' of \(action) needs '\(missing)'.")
    }
    package static func policyConfigDuplicates(_ field: String, _ value: String, action: String) -> NgrokError {
        NgrokError(code: 2231, message: "'\(field)' of \(action) has '\(value)' twice.")
    }
    package static func policyEntryLimit(_ field: String, count: Int, limit: Int) -> NgrokError {
        NgrokError(code: 2218, message: "'\(field)' has \(count) entries, and may have \(limit).")
    }
    package static func policyCIDR(_ text: String) -> NgrokError {
        NgrokError(
            code: 2217,
            message: "'\(text)' is no CIDR. Write an address and a prefix length, such as 192.0.2.0/24."
        )
    }
    package static func policyIPPolicy(_ id: String) -> NgrokError {
        NgrokError(code: 2216, message: "There is no IP policy '\(id)'.")
    }
    /// ngrok's number for an edge's CA that does not exist.
    package static func policyAuthority(_ id: String) -> NgrokError {
        NgrokError(code: 7072, message: "There is no certificate authority '\(id)'.")
    }
    /// While a connection is served: ngrok's number for what cannot be done with a configuration that was good.
    package static let policyTerminatedAlready = NgrokError(
        code: 2232,
        message: "TLS has ended already, and ends once. Let the rules with terminate-tls exclude each other."
    )
    package static func policyVariableName(_ name: String) -> NgrokError {
        NgrokError(code: 2210, message: "'\(name)' is no name of a variable. Use letters, digits and '_'.")
    }
    package static let policyVariablesFormat = NgrokError(
        code: 2252,
        message: "'vars' of set-vars must be a list of mappings with one name each."
    )
    package static func policyVariableDepth(_ limit: Int) -> NgrokError {
        NgrokError(
            code: 2250,
            message: "A variable of set-vars has more than \(limit) lists or mappings inside each other."
        )
    }
    package static func policyVariableLimit(_ limit: Int) -> NgrokError {
        NgrokError(code: 2255, message: "set-vars has more than \(limit) variables.")
    }
}
