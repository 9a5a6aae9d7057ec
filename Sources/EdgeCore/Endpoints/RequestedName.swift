import AgentProtocol

/// The name that a bind asks for, in whichever of its four fields.
enum RequestedName {
    /// `nil` when it asks for none and takes a random one.
    ///
    /// - Throws: ERR_NGROK_9034–9037 for a bad URL, 9021 for fields that disagree, and the codes of ``DomainName``.
    static func read(_ options: TLSOptions, baseDomain: DomainName?) throws(NgrokError) -> DomainName? {
        var names: Set<DomainName> = []
        if !options.url.isEmpty { names.insert(try Self.name(ofURL: options.url)) }
        if !options.domain.isEmpty { names.insert(try DomainName(options.domain)) }
        if !options.hostname.isEmpty { names.insert(try DomainName(options.hostname)) }
        if !options.subdomain.isEmpty {
            guard let baseDomain else { throw .noBaseDomain }
            names.insert(try DomainName("\(options.subdomain).\(baseDomain)"))
        }
        // A rebind sends back what an earlier reply said, so that several fields may hold the same name.
        guard names.count <= 1 else { throw .namesConflict }
        return names.first
    }

    private static func name(ofURL url: String) throws(NgrokError) -> DomainName {
        var rest = url[...]
        if let scheme = url.firstRange(of: "://") {
            guard url[..<scheme.lowerBound].lowercased() == "tls" else { throw .urlScheme(url) }
            rest = url[scheme.upperBound...]
        }
        guard !rest.contains(where: { "/?#@".contains($0) }) else { throw .urlParts(url) }
        if let colon = rest.lastIndex(of: ":") {
            guard rest[rest.index(after: colon)...] == "443" else { throw .urlPort(url) }
            rest = rest[..<colon]
        }
        guard !rest.isEmpty else { throw .urlInvalid(url) }
        return try DomainName(String(rest))
    }
}
