import EdgeControl
import JSONText

extension TunnelGroupBackend: APIResource {
    static var path: String { "/backends/tunnel_group" }
    static var listField: String { "backends" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        let tunnels = representation.live.tunnels.filter {
            $0.accountID == self.accountID && $0.name == nil && self.matches($0.labels)
        }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("labels", .strings(self.draft.labels)),
                .init("tunnels", .array(tunnels.map { representation.reference(LiveRoutes.tunnels, $0.id) })),
            ]
    }
}

extension WeightedBackend: APIResource {
    static var path: String { "/backends/weighted" }
    static var listField: String { "backends" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        let weights = self.draft.backends.sorted { $0.key < $1.key }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [.init("backends", .object(weights.map { JSONValue.Member($0.key, .integer(Int64($0.value))) }))]
    }
}

extension FailoverBackend: APIResource {
    static var path: String { "/backends/failover" }
    static var listField: String { "backends" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [.init("backends", .strings(self.draft.backends))]
    }
}
