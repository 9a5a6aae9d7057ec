import Addresses
import ScenarioModel
import Targets
import Verdicts

extension ProbeCases {
    /// What of the connection reaches the upstream, and in which direction it goes on.
    var relayInquiries: [Inquiry] { self.halfCloses + self.proxyOut + self.proxyIn }

    private var halfCloses: [Inquiry] {
        let isDeclared = self.behaviours.contains(.noHalfClose)
        return self.roles.map { role in
            let ends: [(words: String, testCase: Case)] = [
                (
                    "the client's end",
                    self.make("half-close-client", role, exchange: .clientHalfClose, expecting: .served(role))
                ),
                (
                    "the upstream's end",
                    self.make("half-close-upstream", role, exchange: .upstreamHalfClose, expecting: .served(role))
                ),
            ]
            return Inquiry(.halfClose, role.rawValue, cases: ends.map(\.testCase)) { stage in
                var lost: [String] = []
                var evidence: [String] = []
                var isLate = false
                for (words, testCase) in ends {
                    let answer = try await stage.play(testCase)
                    if answer.verdict.outcome == .pass { continue }
                    lost.append(words)
                    evidence.append("\(words): \(answer.verdict.summary)")
                    isLate = isLate || answer.isLate
                }
                let found = lost.isEmpty ? "both directions go on" : "\(lost.joined(separator: " and ")) ends both"
                // A habit shows somewhere, and need not show in each role.
                let agreement: ProbeFinding.Agreement =
                    isLate
                    ? .undecided : lost.isEmpty ? (isDeclared ? .noted : .agrees) : (isDeclared ? .agrees : .undeclared)
                return [
                    ProbeFinding(
                        .halfClose,
                        role.rawValue,
                        found: found,
                        declared: isDeclared ? Behaviour.noHalfClose.rawValue : "no \(Behaviour.noHalfClose.rawValue)",
                        agreement,
                        evidence: lost.isEmpty
                            ? "1 MiB in either direction behind the end of the other" : evidence.joined(separator: "; ")
                    )
                ]
            }
        }
    }

    private var proxyOut: [Inquiry] {
        self.roles.flatMap { role in
            [1, 2].map { version in
                let feature: Feature = version == 1 ? .proxyProtocol1 : .proxyProtocol2
                var expectation = Expectation.served(role)
                expectation.proxy = .version(version)
                let testCase = self.make("proxy-\(version)", role, expecting: expectation) {
                    $0.proxyProtocol = version
                }
                return Inquiry(
                    .proxyOut,
                    "\(role.rawValue), version \(version)",
                    feature,
                    isDeclared: self.definition.declares(feature, in: role),
                    [("a true header of version \(version) in front of an echo", testCase)]
                )
            }
        }
    }

    /// The header is taken off, whoever is trusted has to send one, and where the edge tells upstreams of clients it tells of
    /// the one that was announced.
    private var proxyIn: [Inquiry] {
        guard let role = self.roles.first else { return [] }
        let announced = ClientPlan.Announcement(
            client: TransportAddress(ip: .v4(0xc000_0201), port: 4_660),
            server: TransportAddress(ip: .v4(0xc000_0202), port: 443)
        )
        let headers: [(version: String, bytes: [UInt8])] = [
            ("1", Array("PROXY TCP4 192.0.2.1 192.0.2.2 4660 443\r\n".utf8)),
            // The signature, version 2 and PROXY, TCP over IPv4, twelve bytes of addresses and ports.
            (
                "2",
                [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c]
                    + [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x34, 0x01, 0xbb]
            ),
        ]
        let told =
            [1, 2].first { self.definition.declares($0 == 1 ? .proxyProtocol1 : .proxyProtocol2, in: role) } ?? 0
        func trusted(_ client: inout ClientPlan, _ header: [UInt8]?) {
            client.source = .trustedProxy
            guard let header else { return }
            client.preface = ByteString(header)
            client.announced = announced
        }
        var served = Expectation.served(role)
        served.proxy = told == 0 ? .absent : .version(told)
        var cases: [(what: String, testCase: Case)] = headers.map { version, bytes in
            (
                told == 0
                    ? "a header of version \(version) is taken off"
                    : "a header of version \(version) is taken off, and told on",
                self.make("proxy-in-\(version)", role, expecting: served) {
                    $0.proxyProtocol = told
                } client: {
                    trusted(&$0, bytes)
                }
            )
        }
        cases.append(
            (
                "a trusted peer without one is kept out",
                self.make("proxy-in-absent", role, expecting: .keptOut) { _ in
                } client: {
                    trusted(&$0, nil)
                }
            )
        )
        let isDeclared = self.definition.declares(.proxyProtocolIn, in: role)
        return [Inquiry(.proxyIn, "", .proxyProtocolIn, isDeclared: isDeclared, cases)]
    }
}
