package import ConfigurationFiles
package import EdgeCore
import LibCrypto
import TLSCredentials

/// The edge's own certificates, by the names they are presented for.
///
/// A wildcard that the configuration says covers every depth, as an endpoint's does: the operator asks for it. One that is a
/// certificate's own covers one label, as its clients will read it (RFC 9525 section 6.3).
package struct EdgeCertificates: Sendable {
    private var configured = RoutingTable<NamedPairs>()
    private var certified: [String: NamedPairs] = [:]

    package init() {}

    private struct Claim: Hashable {
        let name: DomainName
        let family: KeyAlgorithm.Family
    }

    /// Reads them.
    ///
    /// - Throws: ``ConfigurationError`` for the first that cannot be used, and for two with one kind of key for the same name.
    package init(reading files: [EdgeConfiguration.CertificateFiles]) throws(ConfigurationError) {
        var owners: [Claim: String] = [:]
        var configured: [DomainName: NamedPairs] = [:]
        var certified: [DomainName: NamedPairs] = [:]
        for entry in files {
            let pair = try KeyPair.read(certificate: entry.certificate, key: entry.key)
            let family = pair.algorithm.family
            let isConfigured = !entry.names.isEmpty
            // What no endpoint can be bound under, nobody asks for.
            let names = isConfigured ? entry.names : pair.dnsNames.compactMap { try? DomainName($0) }
            // A list may say a name twice.
            for name in Set(names) {
                let claim = Claim(name: name, family: family)
                if let other = owners.updateValue(entry.certificate, forKey: claim) {
                    throw ConfigurationError(
                        "the certificates \(other) and \(entry.certificate) are both for '\(name)' and have "
                            + "\(family.rawValue) keys",
                        hint:
                            "the edge presents one for a name and kind of key (ECDSA, Ed25519, RSA); say with 'names' "
                            + "which names each of them is for"
                    )
                }
                if isConfigured {
                    configured[name, default: NamedPairs()].add(pair)
                } else {
                    certified[name, default: NamedPairs()].add(pair)
                }
            }
        }
        for (name, pairs) in certified {
            // Who says the name matters only where a wildcard covers more than the certificate's own would.
            let all = configured[name].map(pairs.union) ?? pairs
            self.certified[name.text] = all
            if !name.isWildcard, configured[name] != nil { configured[name] = all }
        }
        for (name, pairs) in configured { self.configured[name: name] = pairs }
    }

    /// The most specific one: a certificate's own wildcard has but one label less than the name.
    package func entry(forServerName serverName: String) -> NamedPairs? {
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
