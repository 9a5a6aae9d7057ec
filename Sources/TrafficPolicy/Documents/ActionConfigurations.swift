package import Addresses
package import ConfigurationFiles

/// `restrict-ips`: who may go on.
package struct IPRestrictionConfiguration: Sendable {
    /// `false` only records what would be decided.
    package let isEnforced: Bool
    let allowed: AddressList
    let denied: AddressList
    /// `ipp_…` ids.
    package let policies: [String]
}

/// Blocks of addresses, those that are known before a connection and those that are not.
struct AddressList: Sendable {
    let blocks: [CIDRBlock]
    let templates: [TextTemplate]

    var isEmpty: Bool { self.blocks.isEmpty && self.templates.isEmpty }
}

/// The rules of an IP policy.
package struct IPPolicyRules: Sendable {
    package let allowed: [CIDRBlock]
    package let denied: [CIDRBlock]

    /// Blocks of IPv4-mapped addresses mean IPv4 clients.
    package init(allowed: [CIDRBlock], denied: [CIDRBlock]) {
        self.allowed = allowed.map { $0.unmapped ?? $0 }
        self.denied = denied.map { $0.unmapped ?? $0 }
    }
}

/// How TLS ends at the edge.
package struct TLSTermination: Hashable, Sendable {
    package enum Version: String, CaseIterable, Comparable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// The edge's own certificate for the name, where there is none.
    package struct Certificate: Hashable, Sendable {
        package let certificatePEM: String
        package let keyPEM: Secret
    }

    /// Who vouches for clients.
    package enum Authority: Hashable, Sendable {
        case pem(String)
        /// `ca_…`
        case id(String)
    }

    /// What is asked of a client's certificate.
    package enum Verification: String, CaseIterable, Sendable {
        /// It must be there and be vouched for.
        case requireAndVerify = "require-and-verify"
        /// It must be there.
        case requireAny = "require-any"
        /// It may be there.
        case request
    }

    package let minimumVersion: Version
    package let maximumVersion: Version
    package let certificate: Certificate?
    package let authorities: [Authority]
    /// `nil`: clients are not asked for a certificate.
    package let verification: Verification?
}

/// `terminate-tls`, whose texts may depend on the connection.
package struct TerminationConfiguration: Sendable {
    let minimumVersion: TLSTermination.Version
    let maximumVersion: TLSTermination.Version
    let certificate: (certificatePEM: TextTemplate, keyPEM: TextTemplate)?
    let authorities: [TextTemplate]
    let verification: TLSTermination.Verification?
    /// The same where nothing depends on the connection, made once.
    package let constant: TLSTermination?

    init(
        minimumVersion: TLSTermination.Version,
        maximumVersion: TLSTermination.Version,
        certificate: (certificatePEM: TextTemplate, keyPEM: TextTemplate)?,
        authorities: [TextTemplate],
        verification: TLSTermination.Verification?
    ) {
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.certificate = certificate
        self.authorities = authorities
        self.verification = verification
        let known = authorities.compactMap { $0.constant.flatMap { TLSTermination.Authority($0) } }
        let pair = certificate.flatMap { pair in
            pair.certificatePEM.constant.flatMap { certificatePEM in
                pair.keyPEM.constant.map {
                    TLSTermination.Certificate(certificatePEM: certificatePEM, keyPEM: Secret($0))
                }
            }
        }
        let isConstant = known.count == authorities.count && (pair == nil) == (certificate == nil)
        self.constant =
            isConstant
            ? TLSTermination(
                minimumVersion: minimumVersion,
                maximumVersion: maximumVersion,
                certificate: pair,
                authorities: known,
                verification: verification
            ) : nil
    }
}

/// `forward-internal`: which endpoint of the same account has the connection.
package struct ForwardingConfiguration: Sendable {
    let url: TextTemplate
    /// The same where it does not depend on the connection.
    package let constant: InternalURL?
    package let onError: ForwardingFailure
}

/// What becomes of a connection that cannot be forwarded.
package enum ForwardingFailure: String, CaseIterable, Sendable {
    /// It is closed.
    case halt
    /// The next action has it.
    case proceed = "continue"
}

/// `tls://NAME.internal` or `tls://NAME.internal:PORT`.
package struct InternalURL: Hashable, Sendable {
    /// Lower case.
    package let host: String
    package let port: UInt16

    package enum Problem: Error {
        case noURL
        /// `proto` completes `must be …`.
        case other(wanted: String)
    }

    init(_ text: String) throws(Problem) {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[end...].hasPrefix("://") else { throw .noURL }
        guard text[..<end].lowercased() == "tls" else { throw .other(wanted: "a TLS endpoint's, as this one's is") }
        guard let place = HostAndPort(text[end...].dropFirst(3), defaultPort: 443), place.port > 0 else { throw .noURL }
        let host = place.host.lowercased()
        guard host.hasSuffix(".internal"), host != ".internal" else {
            throw .other(wanted: "an internal endpoint's, tls://NAME.internal")
        }
        self.host = host
        self.port = place.port
    }
}

extension InternalURL: CustomStringConvertible {
    package var description: String { self.port == 443 ? "tls://\(self.host)" : "tls://\(self.host):\(self.port)" }
}

/// A value of YAML or JSON whose texts may have expressions in them.
package indirect enum ValueTemplate: Sendable {
    case constant(ExpressionValue)
    case text(TextTemplate)
    case list([ValueTemplate])
    case mapping([(name: String, value: ValueTemplate)])
}

extension ValueTemplate {
    func value(
        _ variables: some ExpressionVariables,
        budget: inout EvaluationBudget
    ) throws(EvaluationError) -> ExpressionValue {
        switch self {
        case .constant(let value): return value
        case .text(let template): return try template.value(variables, budget: &budget)
        case .list(let elements):
            var values: [ExpressionValue] = []
            for element in elements { values.append(try element.value(variables, budget: &budget)) }
            return .list(values)
        case .mapping(let members):
            var values: [(String, ExpressionValue)] = []
            for (name, member) in members { values.append((name, try member.value(variables, budget: &budget))) }
            return .record(values)
        }
    }
}
