import NIOCore
package import NIOSSL

/// What a server asks of its clients beside a certificate of its CAs.
package struct HandshakeTerms: Hashable, Sendable {
    package enum ClientCertificate: Hashable, Sendable {
        /// Where there are CAs, one of them must have issued it; without CAs nobody is asked.
        case issued
        /// It must be there. Nobody looks at who issued it: that is for whoever is told of it.
        case shown
        /// It may be there, likewise.
        case welcome

        /// Who checks a client's certificate in the library's place; `nil` leaves it to the library. That the client has the
        /// certificate's key is checked in any case.
        package var verification: NIOSSLCustomVerificationCallback? {
            switch self {
            case .issued: nil
            case .shown, .welcome: { _, verified in verified.succeed(.certificateVerified) }
            }
        }
    }

    package var clientCertificate = ClientCertificate.issued
    package var minimumVersion = TLSVersion.tlsv12
    package var maximumVersion = TLSVersion.tlsv13

    package init() {}

    func apply(to configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = self.minimumVersion
        configuration.maximumTLSVersion = self.maximumVersion
        switch self.clientCertificate {
        case .issued: return
        case .shown: configuration.certificateVerification = .noHostnameVerification
        case .welcome: configuration.certificateVerification = .optionalVerification
        }
        // Left out, they are the system's, which would be read from disk for each context.
        if configuration.trustRoots == nil { configuration.trustRoots = .certificates([]) }
    }
}
