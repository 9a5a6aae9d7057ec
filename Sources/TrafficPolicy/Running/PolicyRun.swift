package import AgentProtocol
package import ConfigurationFiles
package import JSONText

/// What the connection must do next.
package enum PolicyDecision: Hashable, Sendable {
    /// End TLS like this, then tell ``PolicyRun/terminated(_:)`` what came of it.
    case terminateTLS(TLSTermination)
    /// Hand the connection to that endpoint. If that is impossible, tell ``PolicyRun/forwardingFailed()``; else this was the
    /// last decision.
    case forwardInternal(InternalURL)
    case close(PolicyClosing)
    /// The policy has nothing against the connection.
    case done
}

/// Why a policy closes a connection.
package enum PolicyClosing: Hashable, Sendable {
    case deny
    case closeConnection
    case restrictIPs
    /// The endpoint to forward to did not take it.
    case forwardInternal
    /// An expression has no value. ngrok's HTTP endpoints answer with an error then, and its TLS endpoints close the connection
    /// of every error; a rule that cannot say whom it denies lets nobody in.
    case failure(NgrokError)
}

/// Something that went wrong while a policy ran.
package struct PolicyFailure: Error, Hashable, Sendable {
    package let error: NgrokError
    /// Of the rule or the action.
    package let place: Place
}

/// One connection's way through a policy.
package struct PolicyRun: ~Copyable {
    /// The next action.
    private struct Position {
        var rule = 0
        var action = 0
    }

    private enum State {
        case running(Position)
        /// TLS is being ended; what comes next is behind.
        case terminating(TLSTermination, next: Position)
        case forwarding(InternalURL, ForwardingFailure, next: Position)
        case ended(PolicyDecision)
    }

    private let document: PolicyDocument
    private let policies: @Sendable (String) -> IPPolicyRules?
    private var variables: RunVariables
    private var budget: EvaluationBudget
    private var state = State.running(Position())

    /// For an event's `traffic_policy.logs`.
    package private(set) var logs: [JSONValue] = []
    package private(set) var failures: [PolicyFailure] = []

    /// - Parameters:
    ///   - termination: How TLS has ended already, where another endpoint's policy has forwarded the connection.
    ///   - budget: For the whole run.
    ///   - policies: An IP policy's rules by its id; `nil` where there is none.
    package init(
        _ document: PolicyDocument,
        connection: ConnectionVariables,
        termination: TerminationVariables? = nil,
        budget: EvaluationBudget = EvaluationBudget(),
        policies: @escaping @Sendable (String) -> IPPolicyRules?
    ) {
        self.document = document
        self.policies = policies
        self.variables = RunVariables(connection)
        self.variables.termination = termination
        self.budget = budget
    }

    /// What `restrict-ips` found last, for an event's `ip_policy.decision`.
    package var restriction: RestrictionResult? { self.variables.restriction }

    /// What `set-vars` has set, by name.
    package var setVariables: ValueMap { self.variables.variables }

    /// Goes on until something must be done. Asked again without having been told what came of it, the answer is the same.
    package mutating func next() -> PolicyDecision {
        switch self.state {
        case .running(let position): return self.run(from: position)
        case .terminating(let termination, _): return .terminateTLS(termination)
        case .forwarding(let url, _, _): return .forwardInternal(url)
        case .ended(let decision): return decision
        }
    }

    /// TLS has ended at the edge; from here on expressions can ask how.
    package mutating func terminated(_ termination: TerminationVariables) -> PolicyDecision {
        if case .terminating(_, let next) = self.state {
            self.variables.termination = termination
            self.state = .running(next)
        }
        return self.next()
    }

    /// The endpoint to forward to is not there or did not take the connection.
    package mutating func forwardingFailed() -> PolicyDecision {
        guard case .forwarding(_, let onError, let next) = self.state else { return self.next() }
        switch onError {
        case .halt: self.state = .ended(.close(.forwardInternal))
        case .proceed: self.state = .running(next)
        }
        return self.next()
    }

    private mutating func run(from position: Position) -> PolicyDecision {
        do throws(PolicyFailure) {
            self.state = try self.advance(from: position)
        } catch {
            self.failures.append(error)
            self.state = .ended(.close(.failure(error.error)))
        }
        return self.next()
    }

    /// Does everything that can be done here; the state after it.
    private mutating func advance(from start: Position) throws(PolicyFailure) -> State {
        var position = start
        while position.rule < self.document.rules.count {
            let rule = self.document.rules[position.rule]
            // Conditions are asked once, and the actions are done whatever these change.
            var applies = position.action > 0
            if !applies { applies = try self.applies(rule) }
            while applies, position.action < rule.actions.count {
                let action = rule.actions[position.action]
                position.action += 1
                if let state = try self.perform(action, next: position) { return state }
            }
            position = Position(rule: position.rule + 1)
        }
        return .ended(.done)
    }

    /// Conditions are as if `&&` stood between them ("no behavioral difference", in ngrok's words of 2024): where one is false,
    /// it does not matter that another has no value.
    private mutating func applies(_ rule: PolicyRule) throws(PolicyFailure) -> Bool {
        var failure: PolicyFailure?
        for condition in rule.conditions {
            do throws(EvaluationError) {
                guard try condition.holds(self.variables, budget: &self.budget) else { return false }
            } catch {
                let (source, reason) = (SourceText.shortened(condition.source), SourceText.shortened(error.message))
                failure = failure ?? PolicyFailure(error: .policyEvaluation(source, reason), place: rule.place)
            }
        }
        if let failure { throw failure }
        return true
    }

    /// Does what can be done here; the new state where that is not all.
    private mutating func perform(_ action: PolicyAction, next: Position) throws(PolicyFailure) -> State? {
        switch action.kind {
        case .deny: return .ended(.close(.deny))
        case .closeConnection: return .ended(.close(.closeConnection))
        case .log(let metadata):
            try self.log(metadata, of: action)
            return nil
        case .setVariables(let variables):
            try self.set(variables, of: action)
            return nil
        case .restrictIPs(let configuration):
            let result = configuration.result(self.variables, budget: &self.budget, policies: self.policies)
            self.variables.restriction = result
            if let error = result.error { self.failures.append(PolicyFailure(error: error, place: action.place)) }
            return result.isAllowed || !configuration.isEnforced ? nil : .ended(.close(.restrictIPs))
        case .terminateTLS(let configuration):
            return .terminating(try self.termination(configuration, of: action), next: next)
        case .forwardInternal(let configuration):
            return try self.forward(configuration, of: action, next: next)
        }
    }
}

extension PolicyRun {
    private func failure(_ error: EvaluationError, at field: String, of action: PolicyAction) -> PolicyFailure {
        let reason = SourceText.shortened(error.message)
        return PolicyFailure(
            error: .policyTemplateEvaluation(reason, action: action.kind.name, at: field),
            place: action.place
        )
    }

    private mutating func text(
        _ template: TextTemplate,
        _ field: String,
        of action: PolicyAction
    ) throws(PolicyFailure) -> String {
        do throws(EvaluationError) {
            return try template.text(self.variables, budget: &self.budget)
        } catch {
            throw self.failure(error, at: field, of: action)
        }
    }

    /// What is kept or written into an event is paid for by its size.
    private mutating func value(
        _ template: ValueTemplate,
        _ field: String,
        of action: PolicyAction
    ) throws(PolicyFailure) -> (value: ExpressionValue, depth: Int) {
        do throws(EvaluationError) {
            let value = try template.value(self.variables, budget: &self.budget)
            return (value, try self.budget.spend(goingThrough: value))
        } catch {
            throw self.failure(error, at: field, of: action)
        }
    }

    private mutating func log(
        _ metadata: [(name: String, value: ValueTemplate)],
        of action: PolicyAction
    ) throws(PolicyFailure) {
        var members: [(String, ExpressionValue)] = []
        for (name, template) in metadata {
            members.append((name, try self.value(template, "metadata.\(name)", of: action).value))
        }
        let value = ExpressionValue.record(members)
        self.variables.logMetadata = value
        self.logs.append(value.json)
    }

    private mutating func set(
        _ variables: [(name: String, value: ValueTemplate)],
        of action: PolicyAction
    ) throws(PolicyFailure) {
        for (name, template) in variables {
            let (value, depth) = try self.value(template, "vars.\(name)", of: action)
            // A variable may hold others, so what is made of them could become deeper with each.
            guard depth <= PolicyLimits.depth else {
                throw PolicyFailure(error: .policyVariableDepth(PolicyLimits.depth), place: action.place)
            }
            self.variables.set(name, to: value)
        }
    }

    private mutating func termination(
        _ configuration: TerminationConfiguration,
        of action: PolicyAction
    ) throws(PolicyFailure) -> TLSTermination {
        guard self.variables.termination == nil else {
            throw PolicyFailure(error: .policyTerminatedAlready, place: action.place)
        }
        if let constant = configuration.constant { return constant }
        var certificate: TLSTermination.Certificate?
        if let pair = configuration.certificate {
            certificate = TLSTermination.Certificate(
                certificatePEM: try self.text(pair.certificatePEM, "server_certificate", of: action),
                keyPEM: Secret(try self.text(pair.keyPEM, "server_private_key", of: action))
            )
        }
        var authorities: [TLSTermination.Authority] = []
        for template in configuration.authorities {
            let field = "mutual_tls_certificate_authorities"
            guard let authority = TLSTermination.Authority(try self.text(template, field, of: action)) else {
                let error = EvaluationError(
                    .invalidArgument,
                    "it is neither a certificate in PEM nor the id of an authority"
                )
                throw self.failure(error, at: field, of: action)
            }
            authorities.append(authority)
        }
        return TLSTermination(
            minimumVersion: configuration.minimumVersion,
            maximumVersion: configuration.maximumVersion,
            certificate: certificate,
            authorities: authorities,
            verification: configuration.verification
        )
    }

    /// A URL that is none is an endpoint that cannot be forwarded to, so `on_error` has the say.
    private mutating func forward(
        _ configuration: ForwardingConfiguration,
        of action: PolicyAction,
        next: Position
    ) throws(PolicyFailure) -> State? {
        if let constant = configuration.constant { return .forwarding(constant, configuration.onError, next: next) }
        do throws(PolicyFailure) {
            let text = try self.text(configuration.url, "url", of: action)
            guard let url = try? InternalURL(text) else {
                throw PolicyFailure(
                    error: .policyConfigURL("url", SourceText.shortened(text), action: action.kind.name),
                    place: action.place
                )
            }
            return .forwarding(url, configuration.onError, next: next)
        } catch {
            guard configuration.onError == .proceed else { throw error }
            self.failures.append(error)
            return nil
        }
    }
}
