import ConfigurationFiles

/// What `${x.name}` stands for: an endpoint's name of its own (`domain`), else the case's for it.
struct EndpointNames {
    /// By the endpoint's key; without a wildcard's `*.`.
    let names: [String: String]

    /// - Parameter reading: with the case's name for every endpoint in its scope.
    init(of endpoints: ObjectReader, reading: Reading) {
        let own = endpoints.entries.compactMap { entry in
            ObjectReader(entry.value, Grammar.endpoint, reading)?.node("domain").map { (key: entry.name, domain: $0) }
        }
        var reading = reading
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
}
