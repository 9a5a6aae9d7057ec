import LibCrypto
import NIOSSL
package import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The edge showed a certificate that the agent does not trust. It has been told nothing, the authtoken least of all.
package struct UntrustedEdge: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// No CA that the agent knows has signed it.
        case unknownAuthority
        /// It has signed itself, and is none that the agent knows.
        case selfSigned
        /// The first day, or the last, in the form 2027-06-30.
        case notYetValid(String)
        case expired(String)
        /// It is for these names, and the agent was told of another.
        case otherName([String])
        /// Its CA has said so in the list that was fetched from there.
        case revoked(list: String)
    }

    /// `host:port`, as the agent was told.
    package let address: String
    package let subject: String
    package let issuer: String
    package let reason: Reason
    /// The file of CAs that were looked for; `nil` for the system's.
    package let roots: String?

    /// - Parameters:
    ///   - isOtherName: It is trusted, but it is not for the name or address that was dialled.
    ///   - list: Where the list is from that has it.
    init(
        _ certificate: NIOSSLCertificate,
        isOtherName: Bool,
        revokedBy list: String?,
        address: String,
        roots: String?
    ) throws {
        let facts = try CertificateFacts(der: try certificate.toDERBytes())
        self.address = address
        self.subject = facts.subject
        self.issuer = facts.issuer
        self.roots = roots
        let now = Date().timeIntervalSince1970
        let start = TimeInterval(certificate.notValidBefore)
        let end = TimeInterval(certificate.notValidAfter)
        // BoringSSL says only that verification failed; what it looks at is looked at again here, for words alone.
        if let list {
            self.reason = .revoked(list: list)
        } else if isOtherName {
            self.reason = .otherName(facts.dnsNames)
        } else if now > end {
            self.reason = .expired(Self.day(end))
        } else if now < start {
            self.reason = .notYetValid(Self.day(start))
        } else {
            self.reason = facts.subject == facts.issuer ? .selfSigned : .unknownAuthority
        }
    }

    static func day(_ time: TimeInterval) -> String {
        Date(timeIntervalSince1970: time).formatted(Date.ISO8601FormatStyle().year().month().day())
    }
}

extension UntrustedEdge: CustomStringConvertible {
    package var description: String {
        "the edge's certificate is not trusted: \(self.address) shows '\(self.subject)', issued by '\(self.issuer)': "
            + self.explanation
    }

    private var explanation: String {
        let known = self.roots.map { "the CAs in \($0)" } ?? "the system's CAs"
        switch self.reason {
        case .unknownAuthority: return "none of \(known) vouches for it"
        case .selfSigned: return "it has signed itself, and is none of \(known)"
        case .notYetValid(let day): return "it is not valid before \(day)"
        case .expired(let day): return "it expired on \(day)"
        case .otherName(let names):
            return names.isEmpty ? "it has no DNS name" : "it is for \(names.joined(separator: ", "))"
        case .revoked(let list): return "its CA has revoked it, as \(list) says"
        }
    }

    /// What to do.
    package var hint: String {
        switch self.reason {
        case .unknownAuthority, .selfSigned:
            let file = self.reason == .selfSigned ? "that certificate" : "the certificate of that CA"
            return
                "get \(file) from whoever runs the edge, and name its file: --root-cas FILE, or root_cas in the configuration"
        case .notYetValid: return "check this machine's clock"
        case .expired: return "ask whoever runs the edge to renew it, and check this machine's clock"
        case .revoked:
            return "ask whoever runs the edge to renew it: somebody else may have the key of this one"
        case .otherName: return "dial the edge by a name of its certificate: --server-addr NAME:PORT"
        }
    }
}

extension UntrustedEdge: ExplainedError {
    package var complaint: Complaint { Complaint(self.description, hint: self.hint) }
}
