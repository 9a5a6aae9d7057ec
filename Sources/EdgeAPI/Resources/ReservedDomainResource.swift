import EdgeControl
import EdgeCore
import JSONText

extension ReservedDomain: APIResource {
    static var path: String { "/reserved_domains" }
    static var listField: String { "reserved_domains" }

    func members(_ representation: Representation) -> [JSONValue.Member] {
        let certificate = self.draft.certificateID.map { representation.reference(TLSCertificate.self, $0) }
        return representation.head(of: self, description: self.draft.description, metadata: self.draft.metadata)
            + [
                .init("domain", .string(self.name.text)), .init("region", .string(self.draft.region)),
                // What a name's DNS must say is the operator's to tell: the edge does not know its own address.
                .init("cname_target", .null), .init("certificate", certificate ?? .null),
                .init("certificate_management_policy", .null), .init("certificate_management_status", .null),
                .init("acme_challenge_cname_target", .null),
                .init(
                    "resolves_to",
                    .array(self.draft.resolvesTo.map { .object([.init("value", .string($0.value))]) })
                ),
            ]
    }

    static var certificateRoutes: [Route] {
        [
            Route(.delete, self.path + "/{id}/certificate") { call in
                _ = try await call.update(ReservedDomain.self) { $0.certificateID = nil }
                return .done
            }
        ]
    }
}
