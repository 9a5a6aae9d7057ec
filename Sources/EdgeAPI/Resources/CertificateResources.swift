import Addresses
import EdgeControl
import EdgeCore
import JSONText
import LibCrypto

extension TLSCertificate: APIResource {
    static var path: String { "/tls_certificates" }
    static var listField: String { "tls_certificates" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        let details = self.facts.details
        let addresses = self.facts.addresses.compactMap { IPAddress(bytes: $0)?.description }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("certificate_pem", .string(self.draft.certificatePEM)),
                .init("subject_common_name", .string(details.subject.commonName)),
                .init(
                    "subject_alternative_names",
                    .object([.init("dns_names", .strings(self.facts.dnsNames)), .init("ips", .strings(addresses))])
                ),
                // When the edge itself got it.
                .init("issued_at", .optional(self.issuedAt?.wholeSecond)),
            ] + self.facts.members
            + [
                .init("private_key_type", .string(self.keyType.rawValue)),
                .init("issuer_common_name", .string(details.issuer.commonName)),
                .init("serial_number", .string(details.serialNumber)),
                .init("subject_organization", .string(details.subject.organization)),
                .init("subject_organizational_unit", .string(details.subject.organizationalUnit)),
                .init("subject_locality", .string(details.subject.locality)),
                .init("subject_province", .string(details.subject.province)),
                .init("subject_country", .string(details.subject.country)),
            ]
    }
}

extension EdgeControl.CertificateAuthority: APIResource {
    static var path: String { "/certificate_authorities" }
    static var listField: String { "certificate_authorities" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("ca_pem", .string(self.draft.caPEM)),
                .init("subject_common_name", .string(self.facts.details.subject.commonName)),
            ] + self.facts.members
    }
}

extension ReadCertificate {
    /// What is told of a server's certificate and of a CA's.
    fileprivate var members: [JSONValue.Member] {
        [
            .init("not_before", .moment(self.notBefore)), .init("not_after", .moment(self.notAfter)),
            .init("key_usages", .strings(self.details.keyUsages)),
            .init("extended_key_usages", .strings(self.details.extendedKeyUsages)),
        ]
    }
}
