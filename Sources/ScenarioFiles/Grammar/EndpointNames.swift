import ConfigurationFiles

/// What `${x.name}` stands for: an endpoint's name of its own (`domain`), else the case's for it, below `.internal` where it is internal.
struct EndpointNames {
    /// By the endpoint's key; without a wildcard's `*.`.
    let names: [String: String]

    /// - Parameter reading: with the case's name for every endpoint in its scope.
    init(of endpoints: ObjectReader, reading: Reading) {
        let own = endpoints.entries.compactMap { entry in
            ObjectReader(entry.value, Grammar.endpoint, reading)?.node("domain").map { (key: entry.name, domain: $0) }
        }
        var reading = reading
        for entry in endpoints.entries {
            guard let object = ObjectReader(entry.value, Grammar.endpoint, reading), object.bool("internal") == true,
                let name = reading.scope.endpointNames[entry.name]
            else { continue }
            reading.scope.endpointNames[entry.name] = Self.internalName(name)
        }
        // A name may be made of another's, which may be made of a third's; each round settles one more.
        for _ in 0...own.count {
            let before = reading.scope.endpointNames
            for (key, domain) in own {
                guard let name = reading.text(domain) else { continue }
                reading.scope.endpointNames[key] = name.hasPrefix("*.") ? String(name.dropFirst(2)) : name
            }
            guard reading.scope.endpointNames != before else {
                self.names = before
                return
            }
        }
        for (key, domain) in own {
            reading.report("the domain of '\(key)' is made of itself, or of one that is", at: domain)
        }
        self.names = reading.scope.endpointNames
    }

    /// `app-3fa9c2d1b07e.internal`
    static func internalName(_ name: String) -> String { name.prefix { $0 != "." } + ".internal" }
}
