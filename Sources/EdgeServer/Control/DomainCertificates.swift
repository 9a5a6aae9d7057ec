import EdgeControl
import EdgeCore
import TLSCredentials

extension ControlState {
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
