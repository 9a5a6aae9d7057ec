package import ConfigurationFiles
package import EdgeCore
import LibCrypto
package import TLSCredentials

/// The certificates that the edge presents for names: those of reserved domains, which their owners have given them, and where
/// there is none its own.
///
/// A wildcard that the configuration says covers every depth, as an endpoint's does: the operator asks for it. One that is a
/// certificate's own covers one label, as its clients will read it (RFC 9525 section 6.3).
package struct EdgeCertificates: Sendable {
    private var configured = RoutingTable<NamedPairs>()
    private var certified: [String: NamedPairs] = [:]
    private var ofDomains = RoutingTable<DomainCertificate>()

    /// What a reserved domain has been given; without a certificate of its own it has the edge's, also below a wildcard that
    /// has one.
    package struct DomainCertificate: Sendable {
        package let pair: KeyPair?

        package init(_ pair: KeyPair?) {
            self.pair = pair
        }
    }

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

    /// The edge's own of these, and those of reserved domains.
    package func beside(_ domains: RoutingTable<DomainCertificate>) -> EdgeCertificates {
        var both = self
        both.ofDomains = domains
        return both
    }

    /// The edge's own of these, and of domains those of `other`.
    package func besideDomains(of other: EdgeCertificates) -> EdgeCertificates { self.beside(other.ofDomains) }

    /// That of the reserved domain; otherwise the most specific of the edge's own: a certificate's own wildcard has but one label less than the name.
    package func entry(forServerName serverName: String) -> NamedPairs? {
        let name = serverName.lowercased()
        if let pair = self.ofDomains.entry(forServerName: name)?.pair {
            var pairs = NamedPairs()
            pairs.add(pair)
            return pairs
        }
        let configured = self.configured.match(forServerName: name)
        if let configured, configured.closeness == .exact { return configured.entry }
        return self.certified[name] ?? self.certified[Self.wildcard(above: name)] ?? configured?.entry
    }

    /// Whether clients of an endpoint find a certificate. Of a wildcard endpoint it is enough that those one label below it
    /// do, since no certificate is for more.
    package func covers(_ name: DomainName) -> Bool {
        if self.ofDomains[name: name]?.pair != nil { return true }
        if name.isWildcard { return self.certified[name.text] != nil || self.configured.covers(name) }
        return self.entry(forServerName: name.text) != nil
    }

    private static func wildcard(above name: String) -> String {
        "*" + name[(name.firstIndex(of: ".") ?? name.endIndex)...]
    }
}
