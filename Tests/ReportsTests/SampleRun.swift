import Addresses
import ScenarioModel
import Verdicts

/// Runs that look like real ones, the same every time.
enum SampleRun {
    /// One case for each outcome, small enough to read in a golden file.
    static func everyOutcome() -> RunReport {
        var report = RunReport(
            tool: RunReport.Tool(version: "1.4.0", engines: ["OpenSSL 3.0.22", "BoringSSL (swift-nio-ssl)"]),
            target: RunReport.TargetIdentity(
                name: "haproxy",
                title: "HAProxy",
                version: "3.2.4",
                features: [.role(.passthrough), .role(.edge), .mutualTLS],
                notes: ["Names are chosen from the ClientHello (req.ssl_sni)."],
                lacks: ["It writes no events."],
                profile: .rfc
            ),
            seed: "0x5eed",
            startedAt: "2026-11-23T04:00:00Z",
            durationSeconds: 12.34,
            command: "shakedown run --target haproxy --seed 0x5eed",
            scenarios: Self.scenarios
        )
        report.results = [
            Self.result("routing.sni.exact", .edge, .pass, 0.021, checks: [Self.holds("route", "tenant")]),
            Self.result(
                "routing.sni.unknown-name",
                .edge,
                .passLenient,
                0.003,
                summary: "plain close where an unrecognized_name alert is asked for",
                checks: [Self.holds("route", "nobody")]
            ),
            Self.result(
                "routing.sni.trailing-dot",
                .edge,
                .informational,
                0.004,
                summary: "routed like the plain name"
            ),
            Self.result(
                "framing.records.split-inside-name",
                .passthrough,
                .fail,
                0.412,
                summary: "the connection reached decoy",
                checks: [
                    CheckResult(check: "route", expected: "tenant", observed: "decoy", holds: false),
                    CheckResult(
                        check: "ending",
                        expected: "close_notify",
                        observed: "RST | after <script>alert(1)</script>",
                        holds: false
                    ),
                    Self.holds("handshake", "completed"),
                ],
                invariant: .otherContacted,
                observation: Self.observation()
            ),
            Self.result(
                "framing.records.empty",
                .edge,
                .expectedFail,
                0.05,
                summary: "waived: empty records are accepted",
                waiver: Waiver.Citation(
                    cases: "framing.records.empty*",
                    reason: "empty records are accepted",
                    link: "https://example.org/bugs/18"
                )
            ),
            Self.result(
                "framing.segments.each-byte",
                .edge,
                .unexpectedPass,
                0.9,
                summary: "the waiver framing.segments.* is out of date"
            ),
            Self.result(
                "routing.sni.no-name",
                .edge,
                .failShould,
                0.01,
                summary: "a plain close",
                checks: [
                    CheckResult(
                        check: "alert",
                        expected: "fatal missing_extension",
                        observed: "no fatal alert",
                        holds: false
                    )
                ]
            ),
            Self.result("proxy.v2.first-segment", .edge, .unsupported, 0, requires: [.proxyProtocol2]),
            Self.result("proxy.v2.tlvs", .edge, .unsupported, 0, requires: [.proxyProtocol2]),
            Self.result("mtls.required.none", .agent, .unsupported, 0),
            Self.result(
                "mtls.required.expired",
                .edge,
                .skipped,
                0,
                summary: "not run: the target died before its turn"
            ),
            Self.result(
                "mtls.required.unknown-ca",
                .edge,
                .error,
                0.2,
                summary: "cannot mint the certificate: disk full"
            ),
            Self.result("lifecycle.deadline.idle", .edge, .hang, 30, summary: "still open after 30 s"),
            Self.result("lifecycle.half-close.client", .edge, .flaky, 0.33, summary: "1 of 5 attempts failed"),
        ]
        report.configuration = [
            ConfigurationExcerpt(
                name: "haproxy.cfg",
                text: "frontend public\n    bind 127.0.0.1:8443 # <b>\n",
                likeIt: 2
            )
        ]
        return report
    }

    /// ``everyOutcome()``, and how it differs from a run in which one case passed that fails now, one failed that passes
    /// now, one came out otherwise, one was not there and one was there that is not.
    static func compared() -> RunReport {
        var earlier = Self.everyOutcome()
        earlier.target.version = "3.2.3"
        earlier.startedAt = "2026-11-22T04:00:00Z"
        earlier.results[3].verdict = Verdict(outcome: .pass)
        earlier.results[0].verdict = Verdict(outcome: .fail, summary: "it hung up")
        earlier.results[1].verdict = Verdict(outcome: .pass)
        earlier.results[2] = Self.result("routing.sni.old", .edge, .pass, 0)
        var report = Self.everyOutcome()
        report.comparison = RunComparison(of: report, with: earlier)
        return report
    }

    static func result(
        _ scenario: String,
        _ role: Role,
        _ outcome: Outcome,
        _ seconds: Double,
        summary: String = "",
        checks: [CheckResult] = [],
        invariant: Invariant? = nil,
        waiver: Waiver.Citation? = nil,
        requires: [Feature] = [],
        observation: Observation? = nil,
        choice: (name: String, value: String)? = nil
    ) -> CaseResult {
        var choices = [Case.Choice(name: "role", value: role.rawValue), Case.Choice(name: "engine", value: "openssl")]
        if let choice { choices.append(Case.Choice(name: choice.name, value: choice.value)) }
        let id = "\(scenario)[\(choices.map { "\($0.name)=\($0.value)" }.joined(separator: ","))]"
        return CaseResult(
            testCase: Case(
                id: id,
                scenario: scenario,
                role: role,
                choices: choices,
                requires: requires,
                endpoints: [],
                client: ClientPlan(engine: .openssl, serverName: "tenant.shakedown.test"),
                exchange: .echo,
                expectation: GradedExpectation(strict: [])
            ),
            verdict: Verdict(
                outcome: outcome,
                summary: summary,
                checks: checks,
                brokenInvariant: invariant,
                waiver: waiver
            ),
            observation: observation,
            durationSeconds: seconds,
            replay: "shakedown run --target haproxy --case '\(id)' --seed 0x5eed"
        )
    }

    static func holds(_ check: String, _ value: String) -> CheckResult {
        CheckResult(check: check, expected: value, observed: value, holds: true)
    }

    private static let scenarios: [Scenario] = [
        (
            "routing.sni.exact", "An exact server name reaches its own upstream", Rule.Document.rfc(6066), "3",
            Rule.Level.must
        ),
        ("routing.sni.unknown-name", "A name nobody has is refused with unrecognized_name", .rfc(6066), "3", .should),
        ("routing.sni.no-name", "A client without a name is told that it is missing", .rfc(9846), "9.2", .should),
        ("routing.sni.trailing-dot", "A name with a trailing dot is not the name without", .rfc(6066), "3", .must),
        (
            "framing.records.split-inside-name",
            "A ClientHello cut into two records inside the host name is routed like a whole one", .rfc(9846), "5.1",
            .must
        ),
        ("framing.records.empty", "An empty handshake record is refused", .rfc(9846), "5.1", .must),
        (
            "framing.segments.each-byte", "A ClientHello that comes byte by byte is routed like a whole one",
            .rfc(9846), "5.1", .must
        ),
        (
            "proxy.v2.first-segment", "A version 2 header is the first and only thing in its segment", .proxyProtocol,
            "2.2", .must
        ),
        ("proxy.v2.tlvs", "The TLS TLVs describe the client's session", .proxyProtocol, "2.2.6", .should),
        ("mtls.required.none", "A client without a certificate is refused", .rfc(9846), "4.4.2.4", .must),
        ("mtls.required.expired", "An expired client certificate is refused", .rfc(9846), "4.4.2.4", .must),
        ("mtls.required.unknown-ca", "A certificate of an unknown CA is refused", .rfc(9846), "4.4.2.4", .must),
        (
            "lifecycle.deadline.idle", "An idle connection is closed at its deadline", .ngrokTLSEndpoints, "limits",
            .should
        ),
        (
            "lifecycle.half-close.client", "A client may close its sending side and still be answered", .rfc(9846),
            "6.1", .must
        ),
    ].map { id, title, document, section, level in
        Scenario(
            id: id,
            title: title,
            rule: Rule(document: document, section: section, level: level),
            references: id.hasPrefix("framing.records.split") ? ["CVE-2026-32305", "https://example.org/bugs/17"] : [],
            importance: id.hasPrefix("framing") ? .critical : .normal,
            tags: ["smoke"],
            roles: Role.allCases,
            rationale: id.hasPrefix("framing")
                ? "Routers that look for the name in the first record only miss it here, and take a default route."
                : "",
            file: "Scenarios/\(id.prefix { $0 != "." })/basics.yaml",
            line: 12
        )
    }

    // MARK: - Evidence

    static func observation(name: String = "tenant-3fa9c2d1b07e.shakedown.test", padding: Int = 0) -> Observation {
        var client = ClientObservation()
        let hello = Self.hello(name: name, padding: padding)
        client.leg.localAddress = TransportAddress(ip: .loopback, port: 40312)
        client.leg.remoteAddress = TransportAddress(ip: .loopback, port: 8443)
        client.leg.sent = ByteString(hello)
        client.leg.sentCount = hello.count + 80
        client.leg.receivedCount = 1311
        client.leg.ending = .reset
        client.leg.endedAfter = 411.8
        client.leg.timeline = [
            TimelineEntry(at: 0.02, kind: .connect, detail: "127.0.0.1:8443"),
            TimelineEntry(at: 0.4, kind: .sent, detail: "137 bytes: record 1 of 2, cut inside the host name"),
            TimelineEntry(at: 20.6, kind: .sent, detail: "\(hello.count - 137) bytes: record 2 of 2"),
            TimelineEntry(at: 23.9, kind: .received, detail: "1224 bytes"),
            TimelineEntry(at: 24.7, kind: .handshake, detail: "completed, TLS 1.3"),
            TimelineEntry(at: 24.8, kind: .application, detail: "42 bytes out: nonce 7f3a"),
            TimelineEntry(at: 31.0, kind: .application, detail: "42 bytes back"),
            TimelineEntry(at: 31.1, kind: .closeWrite, detail: "close_notify sent"),
            TimelineEntry(at: 411.8, kind: .end, detail: "RST"),
        ]
        client.handshake.isCompleted = true
        client.handshake.isAnswered = true
        client.handshake.version = .tls13
        client.handshake.cipherSuite = "TLS_AES_256_GCM_SHA384"
        client.handshake.exporter = ByteString((0..<32).map { UInt8($0 * 7 & 255) })
        client.handshake.peerCertificates = [ByteString((0..<873).map { UInt8($0 & 255) })]
        client.applicationSent = ApplicationObservation(count: 42)
        client.applicationReceived = ApplicationObservation(count: 42)

        var decoy = UpstreamConnection()
        decoy.leg.localAddress = TransportAddress(ip: .loopback, port: 39001)
        decoy.leg.remoteAddress = TransportAddress(ip: .loopback, port: 51877)
        decoy.leg.receivedCount = hello.count + 122
        decoy.leg.sentCount = 1311
        decoy.leg.endedAfter = 409.2
        decoy.leg.ending = .fin
        decoy.leg.timeline = [
            TimelineEntry(at: 21.9, kind: .accept, detail: "127.0.0.1:51877"),
            TimelineEntry(at: 22.0, kind: .received, detail: "28 bytes: PROXY header"),
            TimelineEntry(at: 22.4, kind: .received, detail: "\(hello.count) bytes"),
            TimelineEntry(at: 23.5, kind: .handshake, detail: "completed, TLS 1.3"),
            TimelineEntry(at: 28.1, kind: .application, detail: "42 bytes in: nonce 7f3a"),
            TimelineEntry(at: 409.2, kind: .end, detail: "FIN"),
        ]
        decoy.proxyHeader = .valid(
            version: 2,
            source: TransportAddress(ip: .loopback, port: 40312),
            destination: TransportAddress(ip: .loopback, port: 8443),
            command: "PROXY",
            length: 28,
            tlvs: [ProxyHeaderObservation.TLV(type: 0x02, value: ByteString(Array(name.utf8)))]
        )
        var handshake = client.handshake
        handshake.peerCertificates = []
        handshake.serverName = name
        decoy.handshake = handshake
        return Observation(
            clients: [client],
            upstreams: [
                UpstreamObservation(endpoint: "tenant"), UpstreamObservation(endpoint: "decoy", connections: [decoy]),
            ],
            events: [
                ConnectionEvent(
                    eventID: "ev_1",
                    eventType: "tcp_connection_closed.v0",
                    serverName: name,
                    clientIP: "127.0.0.1",
                    serverIP: "127.0.0.1",
                    serverPort: 8443,
                    bytesIn: 317,
                    bytesOut: 1311,
                    startTimestamp: "2026-11-23T04:00:01.000Z",
                    endTimestamp: "2026-11-23T04:00:01.412Z",
                    ipPolicyDecision: "allow"
                )
            ]
        )
    }

    /// A ClientHello in one record: TLS 1.3, X25519, the given name.
    static func hello(name: String, padding: Int = 0) -> [UInt8] {
        func uint16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
        func vector(_ body: [UInt8]) -> [UInt8] { uint16(body.count) + body }
        func ext(_ type: Int, _ body: [UInt8]) -> [UInt8] { uint16(type) + vector(body) }
        var extensions = ext(0, vector([0] + vector(Array(name.utf8))))
        extensions += ext(43, [4, 3, 4, 3, 3]) + ext(10, vector([0, 29, 0, 23]))
        extensions += ext(13, vector([8, 4, 4, 3, 8, 5])) + ext(16, vector([2] + Array("h2".utf8)))
        extensions += ext(51, vector([0, 29] + vector((0..<32).map { UInt8($0 * 5 & 255) })))
        if padding > 0 { extensions += ext(21, [UInt8](repeating: 0, count: padding)) }
        var body: [UInt8] = [3, 3] + (0..<32).map { UInt8($0 * 11 & 255) }
        body += [32] + (0..<32).map { UInt8($0 * 3 & 255) }
        body += vector([0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xC0, 0x2B, 0xC0, 0x2F]) + [1, 0] + vector(extensions)
        let message = [1, UInt8(body.count >> 16 & 255)] + uint16(body.count) + body
        return [22, 3, 1] + vector(message)
    }

    /// As many cases as asked, over several areas and every role, with evidence for each.
    static func large(_ count: Int) -> RunReport {
        var report = Self.everyOutcome()
        report.target.features = Role.allCases.map { .role($0) }
        let outcomes: [Outcome] = [
            .pass, .pass, .pass, .pass, .pass, .passLenient, .pass, .pass, .pass, .informational,
        ]
        let rare: [Outcome] = [.fail, .expectedFail, .unsupported, .hang]
        for number in 0..<count {
            let scenario = report.scenarios[number % report.scenarios.count]
            let role = Role.allCases[number / report.scenarios.count % Role.allCases.count]
            let outcome = number % 29 == 7 ? rare[number / 29 % rare.count] : outcomes[number * 7 / 3 % outcomes.count]
            let name = "tenant-\(String(number * 2_654_435 % 0xFFFF_FFFF, radix: 16)).shakedown.test"
            let failed = CheckResult(check: "route", expected: "tenant", observed: "nobody", holds: false)
            report.results.append(
                Self.result(
                    scenario.id,
                    role,
                    outcome,
                    Double(number % 40) / 100,
                    summary: outcome == .pass ? "" : "something that a person reads, about \(name)",
                    checks: [
                        outcome == .fail ? failed : Self.holds("route", "tenant"), Self.holds("handshake", "completed"),
                        Self.holds("terminated-by", role.terminatingParty.rawValue), Self.holds("bytes", "identical"),
                    ],
                    observation: Self.observation(name: name, padding: 1_200),
                    choice: ("case", String(number))
                )
            )
        }
        return report
    }
}
