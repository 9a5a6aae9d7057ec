/// What is behind `conn.tls.client.` and its like.
enum CertificateField: String, CaseIterable {
    case extensions
    case pem
    case serialNumber = "serial_number"
    case signatureAlgorithm = "signature_algorithm"
    case notBefore = "validity.not_before"
    case notAfter = "validity.not_after"
    case alternativeNames = "san"
    case dnsNames = "san.dns_names"
    case emailAddresses = "san.email_addresses"
    case ipAddresses = "san.ip_addresses"
    case uris = "san.uris"
    case subject
    case subjectCommonName = "subject.common_name"
    case subjectCountry = "subject.country"
    case subjectLocality = "subject.locality"
    case subjectOrganization = "subject.organization"
    case subjectOrganizationalUnit = "subject.organizational_unit"
    case subjectPostalCode = "subject.postal_code"
    case subjectProvince = "subject.province"
    case subjectStreetAddress = "subject.street_address"
    case issuer
    case issuerCommonName = "issuer.common_name"
    case issuerCountry = "issuer.country"
    case issuerLocality = "issuer.locality"
    case issuerOrganization = "issuer.organization"
    case issuerOrganizationalUnit = "issuer.organizational_unit"
    case issuerPostalCode = "issuer.postal_code"
    case issuerProvince = "issuer.province"
    case issuerStreetAddress = "issuer.street_address"

    var type: ValueType {
        switch self {
        case .extensions: .list(.record(RecordType(fields: ["id": .string, "critical": .bool, "value": .bytes])))
        case .pem, .serialNumber, .signatureAlgorithm, .alternativeNames, .subject, .issuer, .subjectCommonName,
            .issuerCommonName:
            .string
        case .notBefore, .notAfter: .timestamp
        case .dnsNames, .emailAddresses, .ipAddresses, .uris, .subjectCountry, .subjectLocality, .subjectOrganization,
            .subjectOrganizationalUnit, .subjectPostalCode, .subjectProvince, .subjectStreetAddress, .issuerCountry,
            .issuerLocality, .issuerOrganization, .issuerOrganizationalUnit, .issuerPostalCode, .issuerProvince,
            .issuerStreetAddress:
            .list(.string)
        }
    }

    func value(of certificate: CertificateVariables) -> ExpressionValue {
        switch self {
        case .extensions: .list(certificate.extensions.map(\.value))
        case .pem: .string(certificate.pem)
        case .serialNumber: .string(certificate.serialNumber)
        case .signatureAlgorithm: .string(certificate.signatureAlgorithm)
        case .notBefore: .timestamp(certificate.notBefore)
        case .notAfter: .timestamp(certificate.notAfter)
        case .alternativeNames: .string(certificate.alternativeNames.text)
        case .dnsNames: .strings(certificate.alternativeNames.dnsNames)
        case .emailAddresses: .strings(certificate.alternativeNames.emailAddresses)
        case .ipAddresses: .strings(certificate.alternativeNames.ipAddresses)
        case .uris: .strings(certificate.alternativeNames.uris)
        case .subject: .string(certificate.subject.text)
        case .subjectCommonName: .string(certificate.subject.commonName)
        case .subjectCountry: .strings(certificate.subject.country)
        case .subjectLocality: .strings(certificate.subject.locality)
        case .subjectOrganization: .strings(certificate.subject.organization)
        case .subjectOrganizationalUnit: .strings(certificate.subject.organizationalUnit)
        case .subjectPostalCode: .strings(certificate.subject.postalCode)
        case .subjectProvince: .strings(certificate.subject.province)
        case .subjectStreetAddress: .strings(certificate.subject.streetAddress)
        case .issuer: .string(certificate.issuer.text)
        case .issuerCommonName: .string(certificate.issuer.commonName)
        case .issuerCountry: .strings(certificate.issuer.country)
        case .issuerLocality: .strings(certificate.issuer.locality)
        case .issuerOrganization: .strings(certificate.issuer.organization)
        case .issuerOrganizationalUnit: .strings(certificate.issuer.organizationalUnit)
        case .issuerPostalCode: .strings(certificate.issuer.postalCode)
        case .issuerProvince: .strings(certificate.issuer.province)
        case .issuerStreetAddress: .strings(certificate.issuer.streetAddress)
        }
    }
}

extension CertificateVariables.Extension {
    fileprivate var value: ExpressionValue {
        .record([("id", .string(self.id)), ("critical", .bool(self.isCritical)), ("value", .bytes(self.bytes))])
    }
}
