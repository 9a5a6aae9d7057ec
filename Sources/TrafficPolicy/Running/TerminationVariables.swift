/// What a handshake came to: `conn.tls.*` and `actions.ngrok.terminate_tls.*`.
package struct TerminationVariables: Sendable {
    /// `1.3`
    package let version: String
    /// `TLS_AES_128_GCM_SHA256`
    package let cipherSuite: String
    /// Empty where none was agreed on.
    package let negotiatedALPN: String
    /// Nil where the client showed none.
    package let client: CertificateVariables?
    package let server: CertificateVariables?
    /// What was odd about the client CAs' ids.
    package let warnings: [String]
    /// What was wrong with the client's certificate where that does not end the handshake (`require-any`, `request`).
    package let errorCode: String
    package let errorMessage: String

    package init(
        version: String,
        cipherSuite: String,
        negotiatedALPN: String,
        client: CertificateVariables?,
        server: CertificateVariables?,
        warnings: [String] = [],
        errorCode: String = "",
        errorMessage: String = ""
    ) {
        self.version = version
        self.cipherSuite = cipherSuite
        self.negotiatedALPN = negotiatedALPN
        self.client = client
        self.server = server
        self.warnings = warnings
        self.errorCode = errorCode
        self.errorMessage = errorMessage
    }
}

/// A certificate as expressions see it.
package struct CertificateVariables: Sendable {
    package struct Name: Sendable {
        /// As RFC 2253 writes names: `CN=a,O=b`.
        package var text = ""
        package var commonName = ""
        package var country: [String] = []
        package var locality: [String] = []
        package var organization: [String] = []
        package var organizationalUnit: [String] = []
        package var postalCode: [String] = []
        package var province: [String] = []
        package var streetAddress: [String] = []

        package init() {}
    }

    package struct AlternativeNames: Sendable {
        /// `DNS:a, IP Address:192.0.2.1`
        package var text = ""
        package var dnsNames: [String] = []
        package var emailAddresses: [String] = []
        package var ipAddresses: [String] = []
        package var uris: [String] = []

        package init() {}
    }

    package struct Extension: Sendable {
        /// Its OID in dotted form.
        package let id: String
        package let isCritical: Bool
        package let bytes: [UInt8]

        package init(id: String, isCritical: Bool, bytes: [UInt8]) {
            self.id = id
            self.isCritical = isCritical
            self.bytes = bytes
        }
    }

    package var subject = Name()
    package var issuer = Name()
    package var alternativeNames = AlternativeNames()
    /// Lower-case hexadecimal digits.
    package var serialNumber = ""
    /// `SHA256-RSA`
    package var signatureAlgorithm = ""
    package let notBefore: Instant
    package let notAfter: Instant
    package var extensions: [Extension] = []
    package var pem = ""

    package init(notBefore: Instant, notAfter: Instant) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}
