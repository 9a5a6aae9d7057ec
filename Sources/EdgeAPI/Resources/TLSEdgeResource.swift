import EdgeControl
import HTTPServing
import JSONText

extension TLSEdge: APIResource {
    static var path: String { "/edges/tls" }
    static var listField: String { "tls_edges" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        func module(_ module: (some APIModule)?) -> JSONValue { module?.json(representation) ?? .null }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("hostports", .strings(self.draft.hostports)), .init("backend", module(self.draft.backend)),
                .init("ip_restriction", module(self.draft.ipRestriction)),
                .init("mutual_tls", module(self.draft.mutualTLS)),
                .init("tls_termination", module(self.draft.tlsTermination)),
                .init("traffic_policy", module(self.draft.trafficPolicy)),
            ]
    }

    /// Who asks for neither names nor a backend gets both, as in ngrok's dashboard.
    static var createRoute: Route {
        Route(.post, self.path) { call in
            let draft: Draft = try call.body.draft()
            let isBare = !call.body.has("hostports") && !call.body.has("backend")
            let circumstances = call.context
            let edge: TLSEdge = try await call.plane.change(by: call.author) { state throws(ControlError) in
                var context = circumstances
                return isBare
                    ? try state.createEquippedEdge(draft, account: call.account.id, context: &context)
                    : try state.create(draft, account: call.account.id, context: &context)
            }
            return .json(201, .object(edge.members(call.representation)))
        }
    }
}
