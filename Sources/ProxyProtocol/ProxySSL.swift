import Addresses

/// The value of an SSL TLV: what the sender knows about TLS on its client's side (PROXY protocol section 2.2.6).
package struct ProxySSL: Hashable, Sendable {
    package var client: Client
    /// 0: the client presented a certificate and it was verified. Anything else: it did not, or verification failed.
    package var verify: UInt32
    package var tlvs: [ProxyTLV]

    package init(client: Client, verify: UInt32, tlvs: [ProxyTLV]) {
        self.client = client
        self.verify = verify
        self.tlvs = tlvs
    }

    package struct Client: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The client connected over TLS.
        package static let tls = Client(rawValue: 0x01)
        /// A certificate was presented on this connection.
        package static let certificateOnConnection = Client(rawValue: 0x02)
        /// A certificate was presented at least once in this TLS session.
        package static let certificateInSession = Client(rawValue: 0x04)
    }

    /// The first value of a type inside, as text; `nil` when absent or not UTF-8.
    package func text(_ kind: ProxyTLV.Kind) -> String? {
        self.tlvs.first { $0.kind == kind }.flatMap { String(validating: $0.value, as: UTF8.self) }
    }

    package var version: String? { self.text(.sslVersion) }
    package var commonName: String? { self.text(.sslCommonName) }
    package var cipher: String? { self.text(.sslCipher) }
    package var clientCertificate: [UInt8]? { self.tlvs.first { $0.kind == .sslClientCertificate }?.value }

    /// The TLV that carries this value.
    package func tlv() throws(ProxyError) -> ProxyTLV {
        var value = [self.client.rawValue]
        value += IPAddress.v4(self.verify).bytes
        for tlv in self.tlvs {
            try tlv.write(to: &value)
        }
        return ProxyTLV(.ssl, value)
    }
}

extension ProxySSL {
    /// Client bits and verify.
    private static let fixedLength = 5

    /// Reads a TLV's value; `offset` is where the value starts in the header, for errors.
    init(reading value: [UInt8], offset: Int) throws(ProxyError) {
        guard value.count >= Self.fixedLength else {
            throw ProxyError(.sslInvalid, field: "ssl", offset: offset)
        }
        self.client = Client(rawValue: value[0])
        self.verify = value[1..<Self.fixedLength].reduce(0) { $0 << 8 | UInt32($1) }
        self.tlvs = try ProxyTLV.readAll(value[Self.fixedLength...], offset: offset + Self.fixedLength)
        // "PP2_SUBTYPE_SSL_VERSION" is mandatory as soon as the TLS bit is set.
        if self.client.contains(.tls), !self.tlvs.contains(where: { $0.kind == .sslVersion }) {
            throw ProxyError(.sslInvalid, field: "ssl version", offset: offset)
        }
    }
}
