import AgentProtocol

/// The name that a bind asks for, in whichever of its four fields.
struct RequestedName: Hashable {
    /// Below it there are internal endpoints, and no others.
    private static let internalSuffix = ".internal"
    /// ngrok's.
    private static let internalLabels = 5

    let name: DomainName
    /// 443 but for internal endpoints.
    let port: UInt16

    var isInternal: Bool { self.name.text.hasSuffix(Self.internalSuffix) }

    /// `nil` when the bind asks for none and takes a random one.
    ///
    /// - Throws: ERR_NGROK_9034–9037 for a bad URL, 9030 for an internal one's port, 9021 for fields that disagree, and the codes of
    ///   ``DomainName``.
    static func read(_ options: TLSOptions, baseDomain: DomainName?) throws(NgrokError) -> RequestedName? {
        var names: Set<DomainName> = []
        var port: UInt16 = 443
        // A URL without a name asks for a random one, as none does.
        if !options.url.isEmpty, options.url.lowercased() != "tls://" {
            let requested = try Self.read(url: options.url)
            names.insert(requested.name)
            port = requested.port
        }
        if !options.domain.isEmpty { names.insert(try DomainName(options.domain)) }
        if !options.hostname.isEmpty { names.insert(try DomainName(options.hostname)) }
        if !options.subdomain.isEmpty {
            guard let baseDomain else { throw .noBaseDomain }
            names.insert(try DomainName("\(options.subdomain).\(baseDomain)"))
        }
        // A rebind sends back what an earlier reply said, so that several fields may hold the same name.
        guard names.count <= 1 else { throw .namesConflict }
        return names.first.map { RequestedName(name: $0, port: port) }
    }

    private static func read(url: String) throws(NgrokError) -> RequestedName {
        var rest = url[...]
        if let scheme = url.firstRange(of: "://") {
            guard url[..<scheme.lowerBound].lowercased() == "tls" else { throw .urlScheme(url) }
            rest = url[scheme.upperBound...]
        }
        guard !rest.contains(where: { "/?#@".contains($0) }) else { throw .urlParts(url) }
        var portText: Substring = "443"
        if let colon = rest.lastIndex(of: ":") {
            portText = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        guard rest.lowercased().hasSuffix(Self.internalSuffix) else {
            guard portText == "443" else { throw .urlPort(url) }
            guard !rest.isEmpty else { throw .urlInvalid(url) }
            return RequestedName(name: try DomainName(String(rest)), port: 443)
        }
        guard portText.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(portText), port > 0
        else { throw .internalPort(url) }
        return RequestedName(name: try DomainName(String(rest)), port: port)
    }

    /// - Throws: ERR_NGROK_9031.
    func checkDepth() throws(NgrokError) {
        let count = self.name.text.split(separator: ".").count
        guard count <= Self.internalLabels else {
            throw .internalDepth(self.name.text, count: count, limit: Self.internalLabels)
        }
    }
}
