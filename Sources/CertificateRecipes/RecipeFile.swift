import Addresses
internal import ConfigurationFiles

/// The grammar of the files below `Certs/`: a mapping from names to recipes.
enum RecipeFile {
    static func recipes(in file: YAMLValue) throws(ConfigurationError) -> [CertificateRecipe] {
        var recipes: [CertificateRecipe] = []
        for (key, value) in try file.entries() {
            let name = try key.string()
            // The name becomes a file name.
            guard name.utf8.allSatisfy(Self.isNameCharacter) else {
                throw key.problem("a certificate's name has lower-case letters, digits and '-' only: '\(name)'")
            }
            recipes.append(try Self.recipe(named: name, in: value))
        }
        return recipes
    }

    private static func isNameCharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func recipe(named name: String, in value: YAMLValue) throws(ConfigurationError) -> CertificateRecipe
    {
        let mapping = try value.mapping(
            "kind",
            "issuer",
            "impersonates",
            "key",
            "subject",
            "names",
            "generated-names",
            "ip",
            "usage",
            "validity",
            "basic-constraints"
        )
        let kind: CertificateRecipe.Kind = try mapping["kind"]?.choice() ?? .leaf
        return CertificateRecipe(
            name: name,
            kind: kind,
            issuer: try Self.issuer(kind: kind, mapping),
            impersonates: try mapping["impersonates"]?.string(),
            key: try mapping["key"]?.choice() ?? .ecdsaP256,
            subject: try Self.subject(mapping),
            dnsNames: try Self.names(mapping["names"]),
            generatedNames: try Self.generatedNames(mapping["generated-names"]),
            addresses: try Self.addresses(mapping["ip"]),
            usage: try Self.usage(mapping["usage"]),
            validity: try Self.validity(mapping["validity"], kind: kind),
            basicConstraints: try Self.basicConstraints(mapping["basic-constraints"], kind: kind),
            location: value.place.fileAndLine
        )
    }

    private static func issuer(
        kind: CertificateRecipe.Kind,
        _ mapping: YAMLMapping
    ) throws(ConfigurationError) -> CertificateRecipe.Issuer {
        if kind == .ca {
            guard let value = mapping["issuer"] else { return .itself }
            throw value.problem("a certificate of kind 'ca' signs itself; use kind 'intermediate' to name an issuer")
        }
        let name = try mapping.required("issuer").string()
        return name == "self" ? .itself : .recipe(name)
    }

    private static func subject(_ mapping: YAMLMapping) throws(ConfigurationError) -> String {
        if mapping["impersonates"] != nil {
            guard let value = mapping["subject"] else { return "" }
            throw value.problem("the subject is that of whom it impersonates")
        }
        let value = try mapping.required("subject")
        let subject = try value.string()
        // RFC 5280 appendix A.1: ub-common-name.
        guard subject.unicodeScalars.count <= 64 else {
            throw value.problem(
                "'subject' has \(subject.unicodeScalars.count) characters; a common name has at most 64"
            )
        }
        return subject
    }

    private static func names(_ value: YAMLValue?) throws(ConfigurationError) -> [String] {
        var names: [String] = []
        for entry in try value?.list() ?? [] {
            let name = try entry.string()
            let rest = name == CertificateRecipe.namesPlaceholder ? "" : name.replacing("${domain}", with: "")
            guard !rest.contains("${") else {
                throw entry.problem("'\(name)' may hold ${domain}, or be ${names} and nothing else")
            }
            names.append(name)
        }
        return names
    }

    private static func generatedNames(
        _ value: YAMLValue?
    ) throws(ConfigurationError) -> CertificateRecipe.GeneratedNames? {
        guard let value else { return nil }
        let mapping = try value.mapping("count", "pattern")
        let pattern = try mapping.required("pattern")
        let text = try pattern.string()
        guard text.contains("${index}") else {
            throw pattern.problem("'pattern' must hold ${index}, or all names would be the same")
        }
        return CertificateRecipe.GeneratedNames(
            count: try mapping.required("count").integer(in: 1...100_000),
            pattern: text
        )
    }

    private static func addresses(_ value: YAMLValue?) throws(ConfigurationError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for entry in try value?.list() ?? [] {
            let text = try entry.string()
            guard let address = IPAddress(text) else {
                throw entry.problem("'\(text)' is not an IP address, such as 127.0.0.1 or ::1")
            }
            addresses.append(address)
        }
        return addresses
    }

    private static func usage(_ value: YAMLValue?) throws(ConfigurationError) -> [CertificateRecipe.Usage] {
        var usage: [CertificateRecipe.Usage] = []
        for entry in try value?.list() ?? [] { usage.append(try entry.choice()) }
        return usage
    }

    private static func validity(
        _ value: YAMLValue?,
        kind: CertificateRecipe.Kind
    ) throws(ConfigurationError) -> CertificateRecipe.Validity {
        guard let value else {
            // Issuers outlive what they issue, the expired leaves included.
            let days = kind == .leaf ? (1, 30) : (365, 365)
            return CertificateRecipe.Validity(from: -days.0 * 86_400, to: days.1 * 86_400)
        }
        let mapping = try value.mapping("from", "to")
        let validity = CertificateRecipe.Validity(
            from: try Self.offset(mapping.required("from")),
            to: try Self.offset(mapping.required("to"))
        )
        guard validity.from < validity.to else { throw value.problem("'validity' ends before it starts") }
        return validity
    }

    /// `-30d`, `+12h`, `90m`, `45s`, within 100,000 days: what a certificate's dates can say.
    private static func offset(_ value: YAMLValue) throws(ConfigurationError) -> Int {
        let text = try value.string()
        guard let offset = DurationText.readOffset(text), abs(offset.milliseconds) <= 100_000 * 86_400_000 else {
            throw value.problem("'\(text)' is not an offset from now, such as -30d, +12h or 90s")
        }
        return Int(offset.components.seconds)
    }

    private static func basicConstraints(
        _ value: YAMLValue?,
        kind: CertificateRecipe.Kind
    ) throws(ConfigurationError) -> CertificateRecipe.BasicConstraints {
        let isCA = kind != .leaf
        guard let mapping = try value?.mapping("ca", "path-length") else { return .init(isCA: isCA) }
        return CertificateRecipe.BasicConstraints(
            isCA: try mapping["ca"]?.boolean() ?? isCA,
            pathLength: try mapping["path-length"]?.integer(in: 0...100)
        )
    }
}
