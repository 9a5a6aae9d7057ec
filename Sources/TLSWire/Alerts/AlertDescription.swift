/// A TLS alert's description (IANA "TLS Alerts").
///
/// It prints as its RFC writes it, such as `unrecognized_name`.
package struct AlertDescription: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let closeNotify = AlertDescription(rawValue: 0)
    package static let unexpectedMessage = AlertDescription(rawValue: 10)
    package static let badRecordMAC = AlertDescription(rawValue: 20)
    /// Reserved since TLS 1.1.
    package static let decryptionFailed = AlertDescription(rawValue: 21)
    package static let recordOverflow = AlertDescription(rawValue: 22)
    /// Reserved since TLS 1.3.
    package static let decompressionFailure = AlertDescription(rawValue: 30)
    package static let handshakeFailure = AlertDescription(rawValue: 40)
    /// SSL 3.0 only.
    package static let noCertificate = AlertDescription(rawValue: 41)
    package static let badCertificate = AlertDescription(rawValue: 42)
    package static let unsupportedCertificate = AlertDescription(rawValue: 43)
    package static let certificateRevoked = AlertDescription(rawValue: 44)
    package static let certificateExpired = AlertDescription(rawValue: 45)
    package static let certificateUnknown = AlertDescription(rawValue: 46)
    package static let illegalParameter = AlertDescription(rawValue: 47)
    package static let unknownCA = AlertDescription(rawValue: 48)
    package static let accessDenied = AlertDescription(rawValue: 49)
    package static let decodeError = AlertDescription(rawValue: 50)
    package static let decryptError = AlertDescription(rawValue: 51)
    /// RFC 9147: DTLS 1.3.
    package static let tooManyCIDsRequested = AlertDescription(rawValue: 52)
    /// Reserved since TLS 1.1.
    package static let exportRestriction = AlertDescription(rawValue: 60)
    package static let protocolVersion = AlertDescription(rawValue: 70)
    package static let insufficientSecurity = AlertDescription(rawValue: 71)
    package static let internalError = AlertDescription(rawValue: 80)
    /// RFC 7507.
    package static let inappropriateFallback = AlertDescription(rawValue: 86)
    package static let userCanceled = AlertDescription(rawValue: 90)
    /// Reserved since TLS 1.3.
    package static let noRenegotiation = AlertDescription(rawValue: 100)
    package static let missingExtension = AlertDescription(rawValue: 109)
    package static let unsupportedExtension = AlertDescription(rawValue: 110)
    /// Reserved since TLS 1.3.
    package static let certificateUnobtainable = AlertDescription(rawValue: 111)
    /// RFC 6066 section 3.
    package static let unrecognizedName = AlertDescription(rawValue: 112)
    package static let badCertificateStatusResponse = AlertDescription(rawValue: 113)
    /// Reserved since TLS 1.3.
    package static let badCertificateHashValue = AlertDescription(rawValue: 114)
    package static let unknownPSKIdentity = AlertDescription(rawValue: 115)
    package static let certificateRequired = AlertDescription(rawValue: 116)
    /// RFC 9846 section 6.2.
    package static let generalError = AlertDescription(rawValue: 117)
    /// RFC 7301 section 3.2.
    package static let noApplicationProtocol = AlertDescription(rawValue: 120)
    /// RFC 9849.
    package static let echRequired = AlertDescription(rawValue: 121)
}

extension AlertDescription: CustomStringConvertible {
    /// The RFC's name, or `alert(200)` for a number without one.
    package var description: String {
        Self.names.first { $0.description == self }?.name ?? "alert(\(self.rawValue))"
    }

    /// Finds an alert by its RFC's name; `nil` when no alert has it.
    package init?(name: String) {
        guard let match = Self.names.first(where: { $0.name == name }) else { return nil }
        self = match.description
    }

    /// Every alert that has a name, in the order of the numbers.
    package static var allNamed: [AlertDescription] { Self.names.map(\.description) }

    private static let names: [(description: AlertDescription, name: String)] = [
        (.closeNotify, "close_notify"),
        (.unexpectedMessage, "unexpected_message"),
        (.badRecordMAC, "bad_record_mac"),
        (.decryptionFailed, "decryption_failed"),
        (.recordOverflow, "record_overflow"),
        (.decompressionFailure, "decompression_failure"),
        (.handshakeFailure, "handshake_failure"),
        (.noCertificate, "no_certificate"),
        (.badCertificate, "bad_certificate"),
        (.unsupportedCertificate, "unsupported_certificate"),
        (.certificateRevoked, "certificate_revoked"),
        (.certificateExpired, "certificate_expired"),
        (.certificateUnknown, "certificate_unknown"),
        (.illegalParameter, "illegal_parameter"),
        (.unknownCA, "unknown_ca"),
        (.accessDenied, "access_denied"),
        (.decodeError, "decode_error"),
        (.decryptError, "decrypt_error"),
        (.tooManyCIDsRequested, "too_many_cids_requested"),
        (.exportRestriction, "export_restriction"),
        (.protocolVersion, "protocol_version"),
        (.insufficientSecurity, "insufficient_security"),
        (.internalError, "internal_error"),
        (.inappropriateFallback, "inappropriate_fallback"),
        (.userCanceled, "user_canceled"),
        (.noRenegotiation, "no_renegotiation"),
        (.missingExtension, "missing_extension"),
        (.unsupportedExtension, "unsupported_extension"),
        (.certificateUnobtainable, "certificate_unobtainable"),
        (.unrecognizedName, "unrecognized_name"),
        (.badCertificateStatusResponse, "bad_certificate_status_response"),
        (.badCertificateHashValue, "bad_certificate_hash_value"),
        (.unknownPSKIdentity, "unknown_psk_identity"),
        (.certificateRequired, "certificate_required"),
        (.generalError, "general_error"),
        (.noApplicationProtocol, "no_application_protocol"),
        (.echRequired, "ech_required"),
    ]
}
