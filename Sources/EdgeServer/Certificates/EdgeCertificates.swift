package import ConfigurationFiles
package import EdgeCore
package import TLSCredentials

/// The edge's own certificates, by the names they are presented for.
///
/// A wildcard that the configuration says covers every depth, as an endpoint's does: the operator asks for it. One that is a
/// certificate's own covers one label, as its clients will read it (RFC 9525 section 6.3).
package struct EdgeCertificates: Sendable {
    private var configured = RoutingTable<KeyPair>()
    private var certified: [String: KeyPair] = [:]

    package init() {}

    /// Reads them.
    ///
    /// - Throws: ``ConfigurationError`` for the first that cannot be used, and for two that are for the same name.
    package init(reading files: [EdgeConfiguration.CertificateFiles]) throws(ConfigurationError) {
        var owners: [DomainName: String] = [:]
        for entry in files {
            let pair = try KeyPair.read(certificate: entry.certificate, key: entry.key)
            let isConfigured = !entry.names.isEmpty
            // What no endpoint can be bound under, nobody asks for.
            let names = isConfigured ? entry.names : pair.dnsNames.compactMap { try? DomainName($0) }
            // A list may say a name twice.
            for name in Set(names) {
                if let other = owners.updateValue(entry.certificate, forKey: name) {
                    throw ConfigurationError(
                        "the certificates \(other) and \(entry.certificate) are both for '\(name)'",
                        hint: "the edge presents one for a name; say with 'names' which names each of them is for"
                    )
                }
                if isConfigured {
                    self.configured[name: name] = pair
                } else {
                    self.certified[name.text] = pair
                }
            }
        }
    }

    /// The most specific one: a certificate's own wildcard has but one label less than the name.
    package func entry(forServerName serverName: String) -> KeyPair? {
        let name = serverName.lowercased()
        let configured = self.configured.match(forServerName: name)
        if let configured, configured.closeness == .exact { return configured.entry }
        return self.certified[name] ?? self.certified[Self.wildcard(above: name)] ?? configured?.entry
    }

    /// Whether clients of an endpoint find a certificate. Of a wildcard endpoint it is enough that those one label below it
    /// do, since no certificate is for more.
    package func covers(_ name: DomainName) -> Bool {
        if name.isWildcard { return self.certified[name.text] != nil || self.configured.covers(name) }
        return self.entry(forServerName: name.text) != nil
    }

    private static func wildcard(above name: String) -> String {
        "*" + name[(name.firstIndex(of: ".") ?? name.endIndex)...]
    }
}
