import EdgeControl
import HTTPServing
import JSONText

/// A module of an edge that the API shows.
protocol APIModule: EdgeModule {
    /// Behind `enabled`.
    func members(_ representation: Representation) -> [JSONValue.Member]
}

extension APIModule {
    func json(_ representation: Representation) -> JSONValue {
        .object([.init("enabled", .bool(self.isEnabled))] + self.members(representation))
    }
}

extension BackendModule: APIModule {
    func members(_ representation: Representation) -> [JSONValue.Member] {
        [.init("backend", representation.backend(self.backendID))]
    }
}

extension IPRestrictionModule: APIModule {
    func members(_ representation: Representation) -> [JSONValue.Member] {
        [.init("ip_policies", .array(self.ipPolicyIDs.map { representation.reference(IPPolicy.self, $0) }))]
    }
}

extension MutualTLSModule: APIModule {
    func members(_ representation: Representation) -> [JSONValue.Member] {
        let authorities = self.certificateAuthorityIDs.map { representation.reference(CertificateAuthority.self, $0) }
        return [.init("certificate_authorities", .array(authorities))]
    }
}

extension TLSTerminationModule: APIModule {
    func members(_ representation: Representation) -> [JSONValue.Member] {
        [.init("terminate_at", .string(self.terminateAt)), .init("min_version", .optional(self.minVersion))]
    }
}

extension TrafficPolicyModule: APIModule {
    func members(_ representation: Representation) -> [JSONValue.Member] { [.init("value", .string(self.value))] }
}

/// What each module can be asked for by itself.
enum EdgeModuleRoutes {
    static var all: [Route] {
        self.of(BackendModule.self, get: { $0.backend }, set: { $0.backend = $1 })
            + self.of(IPRestrictionModule.self, get: { $0.ipRestriction }, set: { $0.ipRestriction = $1 })
            + self.of(MutualTLSModule.self, get: { $0.mutualTLS }, set: { $0.mutualTLS = $1 })
            + self.of(TLSTerminationModule.self, get: { $0.tlsTermination }, set: { $0.tlsTermination = $1 })
            + self.of(TrafficPolicyModule.self, get: { $0.trafficPolicy }, set: { $0.trafficPolicy = $1 })
    }

    private static func of<Module: APIModule>(
        _ type: Module.Type,
        get: @escaping @Sendable (TLSEdge.Draft) -> Module?,
        set: @escaping @Sendable (inout TLSEdge.Draft, Module?) -> Void
    ) -> [Route] {
        let path = "\(TLSEdge.path)/{id}/\(Module.field)"
        return [
            Route(.put, path) { call in
                let module = try call.body.value(Module.self, shape: Module.shape)
                _ = try await call.update(TLSEdge.self) { set(&$0, module) }
                return .json(200, module.json(call.representation))
            },
            Route(.get, path) { call in
                let representation = call.representation
                let edge = try representation.state.object(TLSEdge.self, id: call.id, account: call.account.id)
                guard let module = get(edge.draft) else {
                    throw APIError(404, code: nil, "The edge '\(edge.id)' has no \(Module.field).")
                }
                return .json(200, module.json(representation))
            },
            Route(.delete, path) { call in
                _ = try await call.update(TLSEdge.self) { set(&$0, nil) }
                return .done
            },
        ]
    }
}
