import ScenarioModel

extension EndpointPlan {
    /// The recipe of whoever ends its TLS; `nil` where that is the upstream.
    var terminatingRecipe: String? {
        switch self.role.terminatingParty {
        case .edge: self.certificate ?? "edge-server"
        case .agent: self.certificate ?? "agent-server"
        case .upstream: nil
        }
    }

    /// The names that its certificate must have, so that an edge which compares them with the client's is content: its
    /// domain, and a client's own name where a certificate's wildcard does not reach down to it (RFC 9525 section 6.3:
    /// one label).
    func certificateNames(askedFor serverNames: [String]) -> [String] {
        guard self.domain.hasPrefix("*.") else { return [self.domain] }
        let suffix = self.domain.dropFirst()
        let deep = Set(serverNames.map { $0.lowercased() }).filter { name in
            Self.isHostName(name) && name.hasSuffix(suffix) && name.dropLast(suffix.count).contains(".")
        }
        return [self.domain] + deep.sorted()
    }

    /// Letters, digits, hyphens and underscores, in labels of 1 to 63, 253 bytes in all.
    private static func isHostName(_ name: String) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                    default: "-_".utf8.contains(byte)
                    }
                }
        }
    }
}
