/// The refusals of this project's edge, with ngrok's numbers and sentences of our own.
extension NgrokError {
    // MARK: Authentication

    package static let authtokenMissing = NgrokError(
        code: 105,
        message: "This is no authtoken. Pass one with --authtoken, NGROK_AUTHTOKEN or the key 'authtoken' of the file."
    )
    package static let authtokenUnknown = NgrokError(
        code: 107,
        message: "The edge does not know this authtoken. Check that it was copied whole and belongs to this edge."
    )
    package static let authPayloadInvalid = NgrokError(
        code: 109,
        message: "The edge cannot read this agent's Auth message. Use an agent that speaks version 2 or 3."
    )
    package static let heartbeatIntervalOutOfRange = NgrokError(
        code: 111,
        message: "The heartbeat interval is out of range. Choose one between 1 s and 1 h."
    )
    package static let heartbeatToleranceOutOfRange = NgrokError(
        code: 112,
        message: "The heartbeat tolerance is out of range. Choose one between 1 s and 1 h."
    )
    package static let agentAddressDenied = NgrokError(
        code: 115,
        message: "Agents may not connect from this address. Ask the edge's operator to allow it."
    )
    package static let ingressOfAnotherAccount = NgrokError(
        code: 118,
        message: "This agent address belongs to another account. Use your own server_addr."
    )
    package static let authtokenRevoked = NgrokError(
        code: 300,
        message: "This authtoken was revoked. Use one that is valid."
    )
    package static func sessionLimit(_ limit: Int) -> NgrokError {
        NgrokError(
            code: 108,
            message: "The account has \(limit) agent sessions already. Stop one, or run more tunnels in one session."
        )
    }
    package static func agentVersionInvalid(_ version: String) -> NgrokError {
        NgrokError(code: 119, message: "The agent's version '\(version)' is none. Write it as 1.2.3.")
    }
    /// - Parameter client: What the agent says it is.
    package static func agentVersionTooOld(_ client: String, version: String, minimum: String) -> NgrokError {
        let name = client.isEmpty ? "agent" : client
        return NgrokError(
            code: 121,
            message:
                "Version \(version) of \(name) is too old. This edge lets in \(minimum) and later. Update the agent."
        )
    }
    package static func versionsUnsupported(_ versions: [String]) -> NgrokError {
        NgrokError(
            code: 811,
            message:
                "The edge speaks agent protocol 2 and 3, and the agent offered [\(versions.joined(separator: ", "))]."
        )
    }

    // MARK: Binding

    package static func terminateAtInvalid(_ value: String) -> NgrokError {
        NgrokError(code: 224, message: "TLS cannot be terminated at '\(value)'. Choose edge, agent or upstream.")
    }
    package static let bindPayloadInvalid = NgrokError(
        code: 301,
        message: "The edge cannot read this Bind message. Use an agent that speaks version 2 or 3."
    )
    package static func nameNotPermitted(_ name: String) -> NgrokError {
        NgrokError(
            code: 316,
            message:
                "The authtoken's rules do not permit '\(name)'. Add the rule bind:\(name), or ask for another name."
        )
    }
    package static func wildcardNotReserved(_ name: String) -> NgrokError {
        NgrokError(code: 318, message: "The wildcard '\(name)' is not reserved. Reserve exactly this name first.")
    }
    /// - Parameter baseDomains: any account may have names below these.
    package static func nameNotReserved(_ name: String, baseDomains: [String]) -> NgrokError {
        let free = baseDomains.map { "'\($0)'" }.joined(separator: " or ")
        return NgrokError(
            code: 319,
            message: "The name '\(name)' is not reserved for this account. Reserve it"
                + (free.isEmpty ? "." : ", or use one below \(free).")
        )
    }
    package static let noBaseDomain = NgrokError(
        code: 319,
        message: "The edge has no base domain to make a name below. Ask for a name that is reserved for this account."
    )
    package static func nameOfAnotherAccount(_ name: String) -> NgrokError {
        NgrokError(code: 320, message: "The name '\(name)' is reserved for another account. Ask for another name.")
    }
    package static func endpointLimit(_ limit: Int) -> NgrokError {
        NgrokError(
            code: 324,
            message: "The session has \(limit) endpoints already. Start another session for more."
        )
    }
    /// ngrok's number for the endpoints of a session: it has none for those of an account.
    package static func accountEndpointLimit(_ limit: Int) -> NgrokError {
        NgrokError(
            code: 324,
            message: "The account has \(limit) endpoints online already. Stop one, or change the account's limit."
        )
    }
    package static func agentVulnerable(_ version: String) -> NgrokError {
        NgrokError(
            code: 9042,
            message:
                "TLS endpoints of agent \(version) would not ask clients for certificates. Update it to 3.24.0 or later."
        )
    }
    package static func protocolUnsupported(_ proto: String) -> NgrokError {
        NgrokError(code: 332, message: "This edge has no '\(proto)' endpoints. Use proto tls.")
    }
    package static func noSuchTunnel(_ id: String) -> NgrokError {
        NgrokError(code: 333, message: "This session has no tunnel '\(id)'. It may have been stopped already.")
    }
    package static func alreadyOnline(_ url: String) -> NgrokError {
        NgrokError(
            code: 334,
            message: "The endpoint '\(url)' is already online. Stop the other agent, or ask for another name."
        )
    }
    package static let bindTokenInvalid = NgrokError(
        code: 335,
        message: "The bind token is not from this edge. Start the tunnel again without it."
    )
    package static let labelsMissing = NgrokError(
        code: 358,
        message: "A labelled tunnel needs at least one label, as key=value. Pass those of the edge's backend."
    )
    package static func labelNotPermitted(_ label: String) -> NgrokError {
        NgrokError(
            code: 399,
            message: "The authtoken's rules do not permit the label '\(label)'. Add the rule bind:\(label)."
        )
    }
    package static let poolingFixed = NgrokError(
        code: 18016,
        message: "Pooling cannot change while the endpoint is online. Start the tunnel again."
    )
    package static func requestPayloadInvalid(_ message: String) -> NgrokError {
        NgrokError(
            code: 801,
            message: "The edge cannot read this \(message) message. Use an agent that speaks version 2 or 3."
        )
    }
    package static func noSuchIPPolicy(_ id: String) -> NgrokError {
        NgrokError(
            code: 341,
            message: "This edge has no IP policy '\(id)'. Give the rules themselves, as cidr_allow and cidr_deny."
        )
    }
    /// ngrok's number for a bind that cannot be read: it has none for a binding that is not known.
    package static func bindingsUnsupported(_ bindings: [String]) -> NgrokError {
        let list = bindings.map { "'\($0)'" }.joined(separator: ", ")
        return NgrokError(
            code: 301,
            message: "This edge cannot bind an endpoint to \(list). Ask for public or internal."
        )
    }
    /// A name that a TLS edge has serves that edge's backend, and nobody who binds it.
    package static func nameOfEdge(_ name: String) -> NgrokError {
        NgrokError(
            code: 381,
            message:
                "The name '\(name)' is attached to a TLS edge. Detach it there, or start a tunnel with the edge's labels."
        )
    }
    package static let descriptionTooLong = NgrokError(
        code: 18012,
        message: "The description has more than 255 bytes. Shorten it."
    )
    package static let metadataTooLong = NgrokError(
        code: 18013,
        message: "The metadata has more than 4096 bytes. Shorten it."
    )
    package static func cidrInvalid(_ text: String) -> NgrokError {
        NgrokError(
            code: 362,
            message: "'\(text)' is no CIDR. Write an address and a prefix length, such as 192.0.2.0/24."
        )
    }
    package static let denyWithoutAllow = NgrokError(
        code: 393,
        message:
            "Deny rules need an allow rule, or nobody gets in. Add the allow rules 0.0.0.0/0 and ::/0 for everybody."
    )
    package static let protoOrLabelsMissing = NgrokError(
        code: 394,
        message: "The tunnel has neither proto nor labels. Add proto: tls."
    )
    package static func proxyProtoInvalid(_ value: String) -> NgrokError {
        NgrokError(code: 1123, message: "There is no PROXY protocol version '\(value)'. Choose 1 or 2.")
    }

    // MARK: Names

    package static func nameCharacters(_ name: String) -> NgrokError {
        NgrokError(code: 326, message: "'\(name)' has characters other than a-z, 0-9, '.', '-' and '*'. Remove them.")
    }
    package static func nameEmptyLabel(_ name: String) -> NgrokError {
        NgrokError(code: 327, message: "'\(name)' has an empty label. Remove the extra dot.")
    }
    package static func labelStart(_ label: String) -> NgrokError {
        NgrokError(code: 328, message: "The label '\(label)' must start with a letter, a digit or '*'.")
    }
    package static func labelEnd(_ label: String) -> NgrokError {
        NgrokError(code: 329, message: "The label '\(label)' must end with a letter or a digit.")
    }
    package static func labelHyphens(_ label: String) -> NgrokError {
        NgrokError(
            code: 330,
            message: "The label '\(label)' has '--' in third place, which only 'xn--' names may have."
        )
    }
    package static func nameWithoutSuffix(_ name: String) -> NgrokError {
        NgrokError(code: 331, message: "'\(name)' is no full host name. Add the domain it belongs to.")
    }
    package static func punycodeInvalid(_ label: String) -> NgrokError {
        NgrokError(code: 347, message: "The label '\(label)' is no valid punycode. Write the name as IDNA gives it.")
    }
    package static func nameUnderscore(_ name: String) -> NgrokError {
        NgrokError(code: 355, message: "'\(name)' has an underscore, which host names may not have.")
    }
    package static func labelTooLong(_ label: String) -> NgrokError {
        NgrokError(code: 396, message: "The label '\(label)' is longer than 63 characters. Shorten it.")
    }
    package static func nameTooLong(_ name: String) -> NgrokError {
        NgrokError(code: 397, message: "'\(name)' is longer than 253 characters. Shorten it.")
    }
    package static func wildcardPlacement(_ name: String) -> NgrokError {
        NgrokError(
            code: 402,
            message: "'\(name)' has a '*' in the wrong place. Only the whole first label may be one."
        )
    }
    package static let namesConflict = NgrokError(
        code: 9021,
        message: "Give one of domain, hostname, subdomain and url, not several."
    )
    package static let internalNameMissing = NgrokError(
        code: 9028,
        message: "An internal endpoint needs a name, such as tls://app.internal. Give it as url."
    )
    package static func internalNameWithoutSuffix(_ name: String) -> NgrokError {
        NgrokError(
            code: 9029,
            message: "'\(name)' does not end in .internal, as the name of an internal endpoint does."
        )
    }
    package static func internalPort(_ url: String) -> NgrokError {
        NgrokError(code: 9030, message: "The port of '\(url)' is none of 1 to 65535.")
    }
    package static func internalDepth(_ name: String, count: Int, limit: Int) -> NgrokError {
        NgrokError(
            code: 9031,
            message: "'\(name)' has \(count) labels. The name of an internal endpoint has at most \(limit)."
        )
    }
    package static func urlInvalid(_ url: String) -> NgrokError {
        NgrokError(code: 9034, message: "'\(url)' is no endpoint URL. Write tls://host.")
    }
    package static func urlPort(_ url: String) -> NgrokError {
        NgrokError(code: 9035, message: "'\(url)' has a port other than 443. Leave the port out.")
    }
    package static func urlScheme(_ url: String) -> NgrokError {
        NgrokError(code: 9036, message: "'\(url)' is no TLS URL. Write tls://host.")
    }
    package static func urlParts(_ url: String) -> NgrokError {
        NgrokError(code: 9037, message: "'\(url)' has a user, path or query. A TLS endpoint is tls://host and no more.")
    }

    // MARK: Certificates

    package static let mutualTLSWithoutTermination = NgrokError(
        code: 1694,
        message:
            "Client certificates can only be checked at the edge if TLS ends there. Use --terminate-at edge or agent."
    )
    package static let mutualTLSNoCertificate = NgrokError(
        code: 1695,
        message: "The client CAs have no certificate in PEM form. Check the file of --mutual-tls-cas."
    )
    package static func mutualTLSNotCA(_ subject: String) -> NgrokError {
        NgrokError(
            code: 1696,
            message: "'\(subject)' is no CA: its basicConstraints lack cA=true. Use a CA's certificate."
        )
    }
    /// ngrok's number for too many CAs of an Edge, which takes ten; it has none for those of a bind.
    package static func mutualTLSTooMany(_ limit: Int) -> NgrokError {
        NgrokError(
            code: 1675,
            message: "There are more than \(limit) client CAs. Give fewer, or the CA that issued them."
        )
    }
    package static let keyPairInvalid = NgrokError(
        code: 14001,
        message: "Certificate and key are no usable pair. Check that both are PEM and belong together."
    )
    package static let mutualTLSUnreadable = NgrokError(
        code: 14002,
        message: "The client CAs cannot be parsed. Check that each PEM block is a whole certificate."
    )

    // MARK: Traffic policies, as a whole. What is wrong inside one is in NgrokErrors+Policies.swift.

    package static let policiesConflict = NgrokError(
        code: 9025,
        message: "Give the traffic policy once: TrafficPolicy, or Policy as older agents call it."
    )
    /// - Parameter problem: What is wrong, and where.
    package static func policyInvalid(_ problem: NgrokError) -> NgrokError {
        NgrokError(code: 9026, message: "The traffic policy is invalid.\n\(problem.message) (\(problem.name))")
    }
    package static func cloudEndpointWithoutEnd(_ id: String) -> NgrokError {
        NgrokError(
            code: 6029,
            message: "The traffic policy of cloud endpoint '\(id)' leaves connections without an end."
        )
    }

    // MARK: Event filters

    package static func eventFilterInvalid(_ reason: String) -> NgrokError {
        NgrokError(code: 5404, message: "The event filter cannot be used: \(reason).")
    }
    package static func eventFieldUnfilterable(_ reason: String) -> NgrokError {
        NgrokError(code: 5406, message: "The event filter asks for a field that filters cannot see: \(reason).")
    }

    // MARK: Plans

    package static func planLacksTLSEndpoints(_ plan: String) -> NgrokError {
        NgrokError(code: 315, message: "The plan '\(plan)' has no TLS endpoints. Change the account's plan.")
    }
    package static func planLacksTermination(_ plan: String) -> NgrokError {
        NgrokError(
            code: 9007,
            message: "The plan '\(plan)' has no TLS termination at the edge. Terminate at the upstream instead."
        )
    }
    package static func planLacksAgentMutualTLS(_ plan: String) -> NgrokError {
        NgrokError(code: 9013, message: "The plan '\(plan)' has no mutual TLS at the agent. Change the account's plan.")
    }
    package static func planLacksProxyProtocol(_ plan: String) -> NgrokError {
        NgrokError(code: 9014, message: "The plan '\(plan)' has no PROXY protocol. Leave --proxy-proto out.")
    }
    package static func planLacksIPRestrictions(_ plan: String) -> NgrokError {
        NgrokError(code: 9017, message: "The plan '\(plan)' has no IP restrictions. Leave the CIDR rules out.")
    }
    package static func planLacksMutualTLS(_ plan: String) -> NgrokError {
        NgrokError(code: 9019, message: "The plan '\(plan)' has no mutual TLS. Leave --mutual-tls-cas out.")
    }
    package static func planLacksPolicies(_ plan: String) -> NgrokError {
        NgrokError(code: 9023, message: "The plan '\(plan)' has no traffic policies. Leave the policy out.")
    }
    package static func planLacksInternalEndpoints(_ plan: String) -> NgrokError {
        NgrokError(code: 9027, message: "The plan '\(plan)' has no internal endpoints. Bind a public name.")
    }

    // MARK: Running

    package static let sessionEnded = NgrokError(
        code: 803,
        message: "This session has ended, for its agent connected again. Start the tunnel on the new session."
    )
    package static func restartUnsupported(_ reason: String) -> NgrokError {
        NgrokError(code: 804, message: "This agent cannot be restarted from here: \(reason).")
    }
    package static func stopUnsupported(_ reason: String) -> NgrokError {
        NgrokError(code: 805, message: "This agent cannot be stopped from here: \(reason).")
    }
    package static func updateUnsupported(_ reason: String) -> NgrokError {
        NgrokError(code: 806, message: "This agent cannot be updated from here: \(reason).")
    }
    package static func stopFailed(_ reason: String) -> NgrokError {
        NgrokError(code: 807, message: "The agent could not stop: \(reason)")
    }
    package static func restartFailed(_ reason: String) -> NgrokError {
        NgrokError(code: 808, message: "The agent could not restart: \(reason)")
    }
    package static func updateFailed(_ reason: String) -> NgrokError {
        NgrokError(code: 809, message: "The agent could not update: \(reason)")
    }
    package static let agentUnreachable = NgrokError(
        code: 810,
        message: "The agent did not answer. It may be going or coming; look at its session, and try again."
    )
    package static func streamTypeUnknown(_ type: UInt32) -> NgrokError {
        NgrokError(code: 800, message: "The edge does not know stream type \(type).")
    }
    package static let internalError = NgrokError(
        code: 802,
        message: "The edge failed on its own account. Try again; the edge's log has the cause."
    )
    package static let shuttingDown = NgrokError(code: 803, message: "The edge is shutting down. Connect again later.")
    package static let handshakeFailed = NgrokError(code: 3002, message: "The TLS handshake failed.")
    package static let serverNameMissing = NgrokError(
        code: 3003,
        message: "The client sent no server name, and an edge routes by it."
    )
    package static func offline(_ name: String) -> NgrokError {
        NgrokError(code: 3200, message: "The endpoint '\(name)' is offline. Start its agent.")
    }
    package static let clientAddressDenied = NgrokError(
        code: 3205,
        message: "The endpoint's IP restrictions do not let this client in."
    )
    package static let tunnelNotFound = NgrokError(
        code: 3209,
        message: "The endpoint's tunnel is gone. Its agent will connect again."
    )
    package static let forwardingFailed = NgrokError(
        code: 3210,
        message: "The agent did not take the connection. Look into the agent's log."
    )
    package static func upstreamUnreachable(_ address: String) -> NgrokError {
        NgrokError(
            code: 8012,
            message: "The agent cannot reach '\(address)'. Check that the upstream is listening there."
        )
    }
}
