import EdgeControl
import EdgeCore
import JSONText

extension EndpointStatus {
    func json(_ representation: Representation) -> JSONValue {
        let url = JSONValue.string(self.port == 443 ? "tls://\(self.name)" : "tls://\(self.name):\(self.port)")
        var members: [JSONValue.Member] = [
            .init("id", .string(self.id)), .init("uri", representation.uri("\(LiveRoutes.endpoints)/\(self.id)")),
            .init("region", .string("")), .init("created_at", .string(self.startedAt.wholeSecond)),
            .init("updated_at", .string(self.updatedAt.wholeSecond)), .init("public_url", url), .init("url", url),
            .init("proto", .string("tls")), .init("scheme", .string("tls")),
            .init("hostport", .string("\(self.name):\(self.port)")), .init("host", .string(self.name.text)),
            .init("port", .integer(Int64(self.port))),
            .init("type", .string(self.edgeID == nil ? "ephemeral" : "edge")),
            .init("bindings", .strings([self.isInternal ? "internal" : "public"])),
            .init("pooling_enabled", .bool(self.isPooled)),
        ]
        members += .given("metadata", self.metadata) + .given("description", self.description)
        members += .given("upstream_url", self.forwardsTo) + .given("traffic_policy", self.trafficPolicy)
        let references = [
            ("domain", ReservedDomain.path, self.domainID), ("edge", TLSEdge.path, self.edgeID),
            ("tunnel", LiveRoutes.tunnels, self.tunnelID), ("tunnel_session", LiveRoutes.sessions, self.sessionID),
            ("principal", Credential.path, self.credentialID),
        ]
        for (name, path, id) in references {
            if let id { members.append(.init(name, representation.reference(path, id))) }
        }
        return .object(members)
    }
}

extension TunnelStatus {
    func json(_ representation: Representation) -> JSONValue {
        var members: [JSONValue.Member] = [.init("id", .string(self.id))]
        if let name { members += [.init("public_url", .string("tls://\(name)")), .init("proto", .string("tls"))] }
        members += [
            .init("started_at", .string(self.startedAt.wholeSecond)), .init("region", .string("")),
            .init("tunnel_session", representation.reference(LiveRoutes.sessions, self.sessionID)),
        ]
        members += .given("metadata", self.metadata) + .given("forwards_to", self.forwardsTo)
        if let endpointID {
            members.append(.init("endpoint", representation.reference(LiveRoutes.endpoints, endpointID)))
        }
        if self.name == nil {
            let groups = representation.state.tunnelGroups(matching: self.labels, account: self.accountID)
            members += [
                .init("labels", .strings(self.labels)),
                .init("backends", .array(groups.map { representation.reference(TunnelGroupBackend.self, $0.id) })),
            ]
        }
        return .object(members)
    }
}

extension TunnelSessionStatus {
    func json(_ representation: Representation) -> JSONValue {
        .object(
            [
                .init("agent_version", .string(self.agentVersion)),
                .init("credential", representation.reference(Credential.self, self.credentialID)),
                .init("id", .string(self.id)), .init("ip", .string(self.ip)),
            ] + .given("metadata", self.metadata)
                + [
                    .init("os", .string(self.os)), .init("region", .string("")),
                    .init("started_at", .string(self.startedAt.wholeSecond)), .init("transport", .string("ngrok/v2")),
                    .init("uri", representation.uri("\(LiveRoutes.sessions)/\(self.id)")),
                ]
        )
    }
}
