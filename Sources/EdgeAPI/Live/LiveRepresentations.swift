import EdgeControl
import EdgeCore
import JSONText

extension EndpointStatus {
    func json(_ representation: Representation) -> JSONValue {
        let url = JSONValue.string(self.url)
        let members: [JSONValue.Member] = [
            .init("id", .string(self.id)), .init("uri", representation.uri("\(LiveRoutes.endpoints)/\(self.id)")),
            .init("region", .string("")), .init("created_at", .string(self.startedAt.wholeSecond)),
            .init("updated_at", .string(self.updatedAt.wholeSecond)), .init("public_url", url), .init("url", url),
            .init("proto", .string("tls")), .init("scheme", .string("tls")),
            .init("hostport", .string("\(self.name):\(self.port)")), .init("host", .string(self.name.text)),
            .init("port", .integer(Int64(self.port))),
            .init("type", .string(self.edgeID == nil ? "ephemeral" : "edge")),
            .init("bindings", .strings([self.isInternal ? "internal" : "public"])),
            .init("pooling_enabled", .bool(self.isPooled)), .init("name", .string(self.title)),
            .init("metadata", .string(self.metadata)), .init("description", .string(self.description)),
            .init("upstream_url", .string(self.forwardsTo)),
            .init("upstream_protocol", .string("")), .init("traffic_policy", .string(self.trafficPolicy)),
            .init("tcp_addr", .null),
        ]
        let references = [
            ("domain", ReservedDomain.path, self.domainID), ("edge", TLSEdge.path, self.edgeID),
            ("tunnel", LiveRoutes.tunnels, self.tunnelID), ("tunnel_session", LiveRoutes.sessions, self.sessionID),
            ("principal", self.transport.credentialsPath, self.credentialID),
        ]
        return .object(
            members
                + references.map { name, path, id in
                    .init(name, id.map { representation.reference(path, $0) } ?? .null)
                }
        )
    }
}

extension SessionTransport {
    /// Where the API has what such sessions are let in by.
    fileprivate var credentialsPath: String {
        switch self {
        case .agent: Credential.path
        case .ssh: SSHCredential.path
        }
    }
}

extension TunnelStatus {
    func json(_ representation: Representation) -> JSONValue {
        // Those that were bound by a name belong to no group, whatever its labels.
        let groups =
            self.name == nil
            ? representation.state.tunnelGroups(matching: self.labels, account: self.accountID) : []
        return .object([
            .init("id", .string(self.id)), .init("public_url", .string(self.name.map { "tls://\($0)" } ?? "")),
            .init("proto", .string(self.name == nil ? "" : "tls")),
            .init("started_at", .string(self.startedAt.wholeSecond)), .init("region", .string("")),
            .init("tunnel_session", representation.reference(LiveRoutes.sessions, self.sessionID)),
            .init("metadata", .string(self.metadata)), .init("forwards_to", .string(self.forwardsTo)),
            .init("endpoint", self.endpointID.map { representation.reference(LiveRoutes.endpoints, $0) } ?? .null),
            .init("labels", .strings(self.labels)),
            .init("backends", .array(groups.map { representation.reference(TunnelGroupBackend.self, $0.id) })),
        ])
    }
}

extension TunnelSessionStatus {
    func json(_ representation: Representation) -> JSONValue {
        .object([
            .init("agent_version", .string(self.agentVersion)),
            .init("credential", representation.reference(self.transport.credentialsPath, self.credentialID)),
            .init("id", .string(self.id)), .init("ip", .string(self.ip)), .init("metadata", .string(self.metadata)),
            .init("os", .string(self.os)), .init("region", .string("")),
            .init("started_at", .string(self.startedAt.wholeSecond)),
            .init("transport", .string(self.transport.rawValue)),
            .init("uri", representation.uri("\(LiveRoutes.sessions)/\(self.id)")),
        ])
    }
}
