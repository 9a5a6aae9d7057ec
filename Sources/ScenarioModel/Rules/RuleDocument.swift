extension Rule {
    /// Where a rule is written. The set is closed, so that every rule has an origin and none a wrong one.
    package enum Document: Hashable, Sendable {
        case rfc(Int)
        case proxyProtocol
        /// The table of features in Docs/targets.md, which says what each promises.
        case declaredFeatures
        case ngrokTLSEndpoints
        case house

        package var origin: Origin {
            switch self {
            case .rfc: .rfc
            case .proxyProtocol: .proxyProtocol
            case .declaredFeatures: .features
            case .ngrokTLSEndpoints: .ngrok
            case .house: .house
            }
        }
    }
}

extension Rule.Document: LosslessStringConvertible {
    /// The documents that are no RFC.
    private static let others: [Self] = [.proxyProtocol, .declaredFeatures, .ngrokTLSEndpoints, .house]

    /// Four digits will do for some years, and a fifth is a slip of the pen.
    private static let rfcNumbers = 1...9_999

    /// What a scenario file may call a document; an RFC by its number.
    package static let names = ["RFC 9846"] + Self.others.map(\.description)

    package var description: String {
        switch self {
        case .rfc(let number): "RFC \(number)"
        case .proxyProtocol: "PROXY protocol"
        case .declaredFeatures: "declared features"
        case .ngrokTLSEndpoints: "ngrok TLS endpoints"
        case .house: "house"
        }
    }

    /// `nil` for a document that is not known.
    package init?(_ name: String) {
        if let known = Self.others.first(where: { $0.description == name }) {
            self = known
        } else if name.hasPrefix("RFC "), let number = Int(name.dropFirst(4)),
            Self.rfcNumbers.contains(number), name == "RFC \(number)"
        {
            self = .rfc(number)
        } else {
            return nil
        }
    }
}

extension Rule.Document: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let document = Self(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no known document: \(name)")
        }
        self = document
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
