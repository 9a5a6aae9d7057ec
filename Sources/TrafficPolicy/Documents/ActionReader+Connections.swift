internal import Addresses
internal import AgentProtocol
internal import ConfigurationFiles

extension ActionReader {
    func readRestriction(_ config: YAMLValue?) throws(PolicyError) -> IPRestrictionConfiguration {
        let values = try self.mapping(config, ["enforce", "allow", "deny", "ip_policies"])
        let configuration = IPRestrictionConfiguration(
            isEnforced: try self.readSwitch(values["enforce"], "enforce"),
            allowed: try self.addresses(values["allow"], "allow"),
            denied: try self.addresses(values["deny"], "deny"),
            policies: try self.policies(values["ip_policies"])
        )
        // Who is in no list is denied, so this would deny everybody by having been left empty.
        guard !configuration.allowed.isEmpty || !configuration.denied.isEmpty || !configuration.policies.isEmpty else {
            throw self.missing("allow", of: config)
        }
        return configuration
    }

    private func readSwitch(_ value: YAMLValue?, _ field: String) throws(PolicyError) -> Bool {
        guard let value else { return true }
        let text = try self.reading { () throws(ConfigurationError) in try value.text() }
        guard case .bool(let isOn) = PlainScalar.value(text) else {
            throw PolicyError(
                .policyConfigValue(field, text, wanted: "true or false", action: self.name),
                at: value.place
            )
        }
        return isOn
    }

    private func addresses(_ value: YAMLValue?, _ field: String) throws(PolicyError) -> AddressList {
        var blocks: [CIDRBlock] = []
        var templates: [TextTemplate] = []
        for entry in try self.entries(value, field) {
            let template = try self.template(entry, field)
            guard let text = template.constant else {
                templates.append(template)
                continue
            }
            guard let block = CIDRBlock(text) else { throw PolicyError(.policyCIDR(text), at: entry.place) }
            blocks.append(block.unmapped ?? block)
        }
        return AddressList(blocks: blocks, templates: templates)
    }

    private func policies(_ value: YAMLValue?) throws(PolicyError) -> [String] {
        var ids: [String] = []
        for entry in try self.entries(value, "ip_policies") {
            let id = try self.reading { () throws(ConfigurationError) in try entry.text() }
            guard id.hasPrefix("ipp_"), id.utf8.count > 4 else {
                throw PolicyError(.policyIPPolicy(id), at: entry.place)
            }
            guard !ids.contains(id) else {
                throw PolicyError(.policyConfigDuplicates("ip_policies", id, action: self.name), at: entry.place)
            }
            ids.append(id)
        }
        return ids
    }
}

extension ActionReader {
    func readForwarding(_ config: YAMLValue?) throws(PolicyError) -> ForwardingConfiguration {
        let values = try self.mapping(config, ["url", "on_error"])
        guard let url = values["url"] else { throw self.missing("url", of: config) }
        let template = try self.template(url, "url")
        var constant: InternalURL?
        if let text = template.constant {
            do throws(InternalURL.Problem) {
                constant = try InternalURL(text)
            } catch {
                throw PolicyError(self.problem(error, text), at: url.place)
            }
        }
        var onError = ForwardingFailure.halt
        if let value = values["on_error"] { onError = try self.word(value, "on_error", of: ForwardingFailure.self) }
        return ForwardingConfiguration(url: template, constant: constant, onError: onError)
    }

    private func problem(_ problem: InternalURL.Problem, _ text: String) -> NgrokError {
        switch problem {
        case .noURL: .policyConfigURL("url", text, action: self.name)
        case .other(let wanted): .policyConfigValue("url", text, wanted: wanted, action: self.name)
        }
    }
}

extension ActionReader {
    private static let certificate = "server_certificate"
    private static let key = "server_private_key"
    private static let authorities = "mutual_tls_certificate_authorities"
    private static let strategy = "mutual_tls_verification_strategy"

    func readTermination(_ config: YAMLValue?) throws(PolicyError) -> TerminationConfiguration {
        let values = try self.mapping(
            config,
            ["min_version", "max_version", Self.certificate, Self.key, Self.authorities, Self.strategy]
        )
        let (minimum, maximum) = try self.versions(values)
        var authorities: [TextTemplate] = []
        for entry in try self.entries(values[Self.authorities], Self.authorities) {
            let template = try self.template(entry, Self.authorities)
            if let text = template.constant, TLSTermination.Authority(text) == nil {
                // The text may be a key that was meant to stand elsewhere, so it is not repeated.
                let wanted = "certificates in PEM or the id of an authority, ca_…"
                let error = NgrokError.policyConfigValue(Self.authorities, "…", wanted: wanted, action: self.name)
                throw PolicyError(error, at: entry.place)
            }
            authorities.append(template)
        }
        return TerminationConfiguration(
            minimumVersion: minimum,
            maximumVersion: maximum,
            certificate: try self.keyPair(values),
            authorities: authorities,
            verification: try self.verification(values, hasAuthorities: !authorities.isEmpty, config)
        )
    }

    private func versions(
        _ values: [String: YAMLValue]
    ) throws(PolicyError) -> (TLSTermination.Version, TLSTermination.Version) {
        var minimum = TLSTermination.Version.tls12
        var maximum = TLSTermination.Version.tls13
        if let value = values["min_version"] {
            minimum = try self.word(value, "min_version", of: TLSTermination.Version.self)
        }
        if let value = values["max_version"] {
            maximum = try self.word(value, "max_version", of: TLSTermination.Version.self)
            guard minimum <= maximum else {
                let wanted = "no lower than min_version, \(minimum.rawValue)"
                let error = NgrokError.policyConfigValue(
                    "max_version",
                    maximum.rawValue,
                    wanted: wanted,
                    action: self.name
                )
                throw PolicyError(error, at: value.place)
            }
        }
        return (minimum, maximum)
    }

    private func keyPair(
        _ values: [String: YAMLValue]
    ) throws(PolicyError) -> (certificatePEM: TextTemplate, keyPEM: TextTemplate)? {
        switch (values[Self.certificate], values[Self.key]) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return (try self.template(certificate, Self.certificate), try self.template(key, Self.key))
        case (let certificate?, nil):
            throw PolicyError(
                .policyConfigNeeds(Self.key, with: Self.certificate, action: self.name),
                at: certificate.place
            )
        case (nil, let key?):
            throw PolicyError(.policyConfigNeeds(Self.certificate, with: Self.key, action: self.name), at: key.place)
        }
    }

    private func verification(
        _ values: [String: YAMLValue],
        hasAuthorities: Bool,
        _ config: YAMLValue?
    ) throws(PolicyError) -> TLSTermination.Verification? {
        guard let value = values[Self.strategy] else { return hasAuthorities ? .requireAndVerify : nil }
        let verification = try self.word(value, Self.strategy, of: TLSTermination.Verification.self)
        guard hasAuthorities || verification != .requireAndVerify else {
            throw PolicyError(
                .policyConfigNeeds(Self.authorities, with: Self.strategy, action: self.name),
                at: value.place
            )
        }
        return verification
    }
}

extension TLSTermination.Authority {
    /// `nil` for what is neither PEM nor an id.
    init?(_ text: String) {
        if text.contains("-----BEGIN CERTIFICATE-----") {
            self = .pem(text)
        } else if text.hasPrefix("ca_"), text.utf8.dropFirst(3).allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            text.utf8.count > 3
        {
            self = .id(text)
        } else {
            return nil
        }
    }
}
