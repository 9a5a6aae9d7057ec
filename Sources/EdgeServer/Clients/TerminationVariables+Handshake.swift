import Addresses
import LibCrypto
import NIOSSL
import TLSWire
import TrafficPolicy

extension TerminationVariables {
    /// What a handshake of the edge's came to, as rules see it.
    init(_ negotiated: NegotiatedTLS, as server: ServerTLS, cipherSuite: CipherSuite?) {
        self.init(
            version: negotiated.version == .tlsv13 ? "1.3" : "1.2",
            cipherSuite: cipherSuite?.description ?? "",
            negotiatedALPN: "",
            client: negotiated.clientCertificate.flatMap { CertificateVariables($0) },
            server: server.certificate.flatMap { CertificateVariables($0) },
            warnings: server.warnings
        )
    }
}

extension CertificateVariables {
    /// `nil` for a certificate that OpenSSL does not read as BoringSSL did: rules about it have no value then, and a rule without a
    /// value lets nobody in.
    init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes(), let described = try? CertificateDescription(der: der),
            let notBefore = described.notBefore.flatMap({ Instant(secondsSinceEpoch: $0) }),
            let notAfter = described.notAfter.flatMap({ Instant(secondsSinceEpoch: $0) }),
            let pem = try? PEMBlock(label: "CERTIFICATE", contents: der).text
        else { return nil }
        self.init(notBefore: notBefore, notAfter: notAfter)
        self.subject = Name(described.subject)
        self.issuer = Name(described.issuer)
        self.alternativeNames = AlternativeNames(described.alternativeNames)
        self.serialNumber = described.serialNumber
        self.signatureAlgorithm = described.signatureAlgorithm
        self.extensions = described.extensions.map { Extension(id: $0.id, isCritical: $0.isCritical, bytes: $0.bytes) }
        self.pem = pem
    }
}

extension CertificateVariables.Name {
    fileprivate init(_ name: CertificateDescription.Name) {
        self.init()
        self.text = name.text
        self.commonName = name.values[.commonName]?.first ?? ""
        self.country = name.values[.country] ?? []
        self.locality = name.values[.locality] ?? []
        self.organization = name.values[.organization] ?? []
        self.organizationalUnit = name.values[.organizationalUnit] ?? []
        self.postalCode = name.values[.postalCode] ?? []
        self.province = name.values[.province] ?? []
        self.streetAddress = name.values[.streetAddress] ?? []
    }
}

extension CertificateVariables.AlternativeNames {
    fileprivate init(_ names: CertificateDescription.AlternativeNames) {
        self.init()
        self.dnsNames = names.dnsNames
        self.emailAddresses = names.emailAddresses
        self.ipAddresses = names.addresses.compactMap { IPAddress(bytes: $0)?.description }
        self.uris = names.uris
        let parts =
            self.dnsNames.map { "DNS:\($0)" } + self.emailAddresses.map { "email:\($0)" }
            + self.ipAddresses.map { "IP Address:\($0)" } + self.uris.map { "URI:\($0)" }
        self.text = parts.joined(separator: ", ")
    }
}
