import ConfigurationFiles
package import TrafficPolicy

/// How the edge ends TLS for an endpoint.
package struct EdgeTermination: Hashable, Sendable {
    /// `nil` presents the edge's own certificate for the name.
    package let keyPair: KeyPair?
    /// CAs, one of which must have issued the client's certificate; empty asks for none. PEM, concatenated.
    package let clientAuthorities: [UInt8]
    package let versions: ClosedRange<TLSTermination.Version>
    /// `nil` asks for no certificate.
    package let verification: TLSTermination.Verification?

    /// - Parameter verification: Left out, certificates of the CAs are demanded where there are any.
    package init(
        keyPair: KeyPair?,
        clientAuthorities: [UInt8],
        versions: ClosedRange<TLSTermination.Version> = .tls12 ... .tls13,
        verification: TLSTermination.Verification? = nil
    ) {
        self.keyPair = keyPair
        self.clientAuthorities = clientAuthorities
        self.versions = versions
        self.verification = verification ?? (clientAuthorities.isEmpty ? nil : .requireAndVerify)
    }

    /// A certificate chain and its private key, both PEM. It does not print.
    package struct KeyPair: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
        package let certificateChain: [UInt8]
        package let privateKey: [UInt8]

        package init(certificateChain: [UInt8], privateKey: [UInt8]) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }

        package var description: String { "KeyPair(redacted)" }
        package var debugDescription: String { self.description }
    }
}

extension EdgeTermination {
    /// What `terminate-tls` asks for. What it leaves out is as the endpoint has it: a pair, and whose clients may come in. Nobody who
    /// bound an endpoint for certified clients loses that by a policy that only raises the TLS version; for the same reason the higher
    /// lowest version of both counts.
    ///
    /// - Parameters:
    ///   - bound: How the endpoint ends TLS without the policy; `nil` where it does not.
    ///   - authorities: The action's CAs in PEM.
    package init(_ action: TLSTermination, authorities: [String], over bound: EdgeTermination?) {
        let lowest = max(action.minimumVersion, bound?.versions.lowerBound ?? .tls12)
        let asksItself = action.verification != nil
        self.init(
            keyPair: action.certificate.map { pair in
                KeyPair(
                    certificateChain: Array(pair.certificatePEM.utf8),
                    privateKey: Array(pair.keyPEM.revealed.utf8)
                )
            } ?? bound?.keyPair,
            clientAuthorities: asksItself
                ? Array(authorities.joined(separator: "\n").utf8) : bound?.clientAuthorities ?? [],
            versions: min(lowest, action.maximumVersion)...action.maximumVersion,
            verification: asksItself ? action.verification : bound?.verification
        )
    }
}
