import Addresses
import TrafficPolicy

enum PolicyBench {
    static func connection(
        client: String = "192.0.2.7",
        serverName: String = "app.example",
        endpoint: String = "app.example"
    ) -> ConnectionVariables {
        let loopback = IPAddress.loopback
        let start = Instant("2026-03-01T12:00:00.5Z") ?? .epoch
        return ConnectionVariables(
            client: TransportAddress(ip: IPAddress(client) ?? loopback, port: 50_000),
            server: TransportAddress(ip: IPAddress("::ffff:198.51.100.1") ?? loopback, port: 443),
            region: "eu",
            start: start,
            now: start,
            serverName: serverName,
            ja4: nil,
            endpoint: EndpointVariables(id: "ep_1", host: endpoint, port: 443)
        )
    }

    static func certificate(commonName: String) -> CertificateVariables {
        var certificate = CertificateVariables(notBefore: .epoch, notAfter: .epoch)
        certificate.subject.commonName = commonName
        certificate.subject.text = "CN=\(commonName)"
        certificate.subject.organization = ["Example"]
        certificate.issuer.commonName = "CA"
        certificate.alternativeNames.dnsNames = ["a.example", "b.example"]
        certificate.serialNumber = "0a"
        certificate.extensions = [.init(id: "2.5.29.15", isCritical: true, bytes: [1, 2])]
        return certificate
    }

    static func termination(client: CertificateVariables? = nil) -> TerminationVariables {
        TerminationVariables(
            version: "1.3",
            cipherSuite: "TLS_AES_128_GCM_SHA256",
            negotiatedALPN: "",
            client: client,
            server: Self.certificate(commonName: "app.example")
        )
    }

    static func run(
        _ yaml: String,
        _ connection: ConnectionVariables = Self.connection(),
        budget: EvaluationBudget = EvaluationBudget(),
        policies: @escaping @Sendable (String) -> IPPolicyRules? = { _ in nil }
    ) throws -> PolicyRun {
        let document = try PolicyDocument("on_tcp_connect:\n" + yaml, file: "p.yml")
        return PolicyRun(document, connection: connection, budget: budget, policies: policies)
    }
}
