import EdgeAPI
import EdgeControl
import HTTPTesting
import HangTesting
import JSONText
import NIOHTTP1
import Testing

@Suite("The description of the API", .noHang)
struct APIDescriptionTests {
    private static func description() throws -> JSONValue { try JSONValue(reading: APIDescription.text) }

    private static func members(_ value: JSONValue?) -> [JSONValue.Member] {
        if case .object(let members) = value { members } else { [] }
    }

    @Test("is served to anybody, as it is")
    func served() async throws {
        try await APIFixture.run { fixture in
            let answer = try await fixture.nobody.send(.GET, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.body == APIDescription.text)
            #expect(answer.headers["Content-Type"] == ["application/json"])
            #expect(try await fixture.nobody.send(.POST, "/openapi.json", "{}").status == 405)
        }
    }

    @Test("has every address and method that is served, and no other")
    func complete() throws {
        var described: Set<String> = []
        for path in Self.members(try Self.description()["paths"]) {
            for method in Self.members(path.value) { described.insert("\(method.name.uppercased()) \(path.name)") }
        }
        #expect(described == Set(APIDescription.served))
    }

    @Test("names parameters as the addresses do, and what may be asked of a list")
    func parameters() throws {
        let description = try Self.description()
        for path in Self.members(description["paths"]) where path.name != APIDescription.path {
            let inPath = path.name.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
            for method in Self.members(path.value) {
                let parameters = method.value["parameters"]?.elements ?? []
                let named = parameters.filter { $0["in"]?.text == "path" }.compactMap { $0["name"]?.text }
                #expect(named == inPath.map(String.init), "\(method.name) \(path.name)")
                #expect(parameters.contains { $0["$ref"]?.text == "#/components/parameters/NgrokVersion" })
            }
        }
    }

    @Test("refers to nothing that it does not have")
    func references() throws {
        let description = try Self.description()
        func check(_ value: JSONValue) {
            if let reference = value["$ref"]?.text {
                let target = reference.split(separator: "/").dropFirst()
                    .reduce(Optional(description)) { $0?[String($1)] }
                #expect(target != nil, "\(reference)")
            }
            for member in Self.members(value) { check(member.value) }
            for element in value.elements ?? [] { check(element) }
        }
        check(description)
    }

    private static func fields<R: ControlResource>(_ type: R.Type, _ name: String) -> [(String, Set<String>)] {
        let all = Set(R.Draft.shape.fields.keys)
        return [("\(name)Create", all), ("\(name)Update", all.subtracting(R.Draft.fixedFields))]
    }

    /// What each schema of a request must have.
    private static let requests: [(schema: String, fields: Set<String>)] =
        fields(Credential.self, "Credential") + fields(APIKey.self, "APIKey")
        + fields(SSHCredential.self, "SSHCredential")
        + fields(ReservedDomain.self, "ReservedDomain") + fields(TLSCertificate.self, "TLSCertificate")
        + fields(CertificateAuthority.self, "CertificateAuthority") + fields(IPPolicy.self, "IPPolicy")
        + fields(IPPolicyRule.self, "IPPolicyRule") + fields(TunnelGroupBackend.self, "TunnelGroupBackend")
        + fields(WeightedBackend.self, "WeightedBackend") + fields(FailoverBackend.self, "FailoverBackend")
        + fields(TLSEdge.self, "TLSEdge") + fields(EventDestination.self, "EventDestination")
        + fields(EventSubscription.self, "EventSubscription")
        + [
            ("BackendModuleReplace", Set(BackendModule.shape.fields.keys)),
            ("IPRestrictionModuleReplace", Set(IPRestrictionModule.shape.fields.keys)),
            ("MutualTLSModuleReplace", Set(MutualTLSModule.shape.fields.keys)),
            ("TLSTerminationModuleReplace", Set(TLSTerminationModule.shape.fields.keys)),
            ("TrafficPolicyModuleReplace", Set(TrafficPolicyModule.shape.fields.keys)),
            ("EventSourceCreate", Set(EventSource.shape.fields.keys)),
            ("EventTarget", Set(EventTarget.shape.fields.keys)),
        ]

    @Test("has in each request the fields that are understood", arguments: Self.requests)
    func fields(_ schema: String, _ fields: Set<String>) throws {
        let properties = try Self.description()["components"]?["schemas"]?[schema]?["properties"]
        #expect(Set(Self.members(properties).map(\.name)) == fields)
    }

    @Test("has the events that there are")
    func events() throws {
        let names = try Self.description()["components"]?["schemas"]?["EventType"]?["enum"]?.elements
        #expect(names?.compactMap(\.text) == EventType.all.map(\.name))
    }
}
