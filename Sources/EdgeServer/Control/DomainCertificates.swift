import EdgeControl
import EdgeCore
import TLSCredentials

extension ControlState {
    /// Which certificate each reserved domain has been given, by its id. What a certificate is never changes.
    var certificatesOfDomains: [DomainName: String?] {
        Dictionary(self.reservedDomains.all.map { ($0.name, $0.draft.certificateID) }, uniquingKeysWith: { $1 })
    }

    /// What the edge presents for reserved domains. Certificates and keys were checked when they were uploaded; one that cannot be
    /// read all the same is as good as none.
    var domainCertificates: RoutingTable<EdgeCertificates.DomainCertificate> {
        var pairs: [String: KeyPair] = [:]
        for certificate in self.tlsCertificates.all {
            pairs[certificate.id] = try? KeyPair(
                certificatePEM: Array(certificate.draft.certificatePEM.utf8),
                keyPEM: Array(certificate.privateKeyPEM.text.utf8)
            )
        }
        var domains = RoutingTable<EdgeCertificates.DomainCertificate>()
        for domain in self.reservedDomains.all {
            domains[name: domain.name] = .init(domain.draft.certificateID.flatMap { pairs[$0] })
        }
        return domains
    }
}
