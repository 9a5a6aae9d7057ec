import EdgeControl
import EdgeCore
import HTTPServing
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
                .init("certificate_management_policy", self.draft.certificateManagementPolicy?.json ?? .null),
                .init("certificate_management_status", self.management?.json ?? .null),
                // Of wildcards, which this edge gets none for.
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
                _ = try await call.update(ReservedDomain.self) { draft throws(ControlError) in
                    guard draft.certificateManagementPolicy == nil else { throw ControlError.certificateOfPolicy }
                    draft.certificateID = nil
                }
                return .done
            },
            Route(.delete, self.path + "/{id}/certificate_management_policy") { call in
                let (id, account, context) = (call.id, call.account.id, call.context)
                try await call.plane.change(by: call.author) { state throws(ControlError) in
                    try state.detachPolicy(ofDomain: id, account: account, context: context)
                }
                return .done
            },
        ]
    }
}

extension CertificatePolicy {
    fileprivate var json: JSONValue {
        .object([
            .init("authority", .string(self.authority)),
            .init("private_key_type", .string(self.privateKeyType ?? "ecdsa")),
        ])
    }
}

extension CertificateManagement {
    fileprivate var json: JSONValue {
        .object([
            .init("renews_at", .optional(self.renewsAt?.wholeSecond)),
            .init("provisioning_job", self.job?.json ?? .null),
        ])
    }
}

extension ProvisioningJob {
    fileprivate var json: JSONValue {
        .object([
            .init("error_code", .optional(self.failure?.code.rawValue)),
            .init("msg", .string(self.failure?.message ?? "")),
            .init("started_at", .string(self.startedAt.wholeSecond)),
            .init("retries_at", .optional(self.retriesAt?.wholeSecond)),
        ])
    }
}
