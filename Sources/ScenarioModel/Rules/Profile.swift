/// Whose rules a target promises to keep.
///
/// Cases of other rules run and are judged all the same; what they come to is only noted.
package enum Profile: String, CaseIterable, Codable, Hashable, Sendable {
    /// The RFCs, the PROXY protocol's text, and the features that the target declares: what any edge is held to.
    case rfc
    /// What ngrok documents of TLS endpoints too.
    case ngrok
    /// The house's rules too.
    case all

    package func promises(_ origin: Rule.Origin) -> Bool {
        switch origin {
        case .rfc, .proxyProtocol, .features: true
        case .ngrok: self != .rfc
        case .house: self == .all
        }
    }
}
