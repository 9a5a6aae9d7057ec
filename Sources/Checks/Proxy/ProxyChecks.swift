import Addresses
import ScenarioModel
import Verdicts

extension Evidence {
    func check(_ expected: Expectation.ProxyHeader, _ expectation: Expectation) -> [CheckResult] {
        guard let connection = self.connection(of: expectation) else {
            return [
                CheckResult(
                    check: "proxy",
                    expected: Self.words(expected),
                    observed: "no upstream connection",
                    holds: false
                )
            ]
        }
        switch (expected, connection.proxyHeader) {
        case (.absent, let seen):
            return [
                CheckResult(
                    check: "proxy",
                    expected: Self.words(expected),
                    observed: Self.words(seen),
                    holds: seen == .absent
                )
            ]
        case (.version(let version), .valid(let seen, let source, let destination, let command, let length, let tlvs)):
            let header = CheckResult(
                check: "proxy",
                expected: Self.words(expected),
                observed: "version \(seen), \(command)",
                holds: seen == version && command.lowercased() == "proxy"
            )
            var results = [header, self.checkSource(source), self.checkDestination(destination)]
            results.append(self.checkFirstRead(connection, length))
            results.append(self.checkOnlyHeader(connection))
            if let authority = self.checkAuthority(tlvs) { results.append(authority) }
            return results
        case (.version, let seen):
            return [
                CheckResult(check: "proxy", expected: Self.words(expected), observed: Self.words(seen), holds: false)
            ]
        }
    }

    private static func words(_ expected: Expectation.ProxyHeader) -> String {
        switch expected {
        case .absent: "no header"
        case .version(let version): "a header of version \(version) with the command PROXY"
        }
    }

    private static func words(_ seen: ProxyHeaderObservation) -> String {
        switch seen {
        case .absent: "no header"
        case .valid(let version, _, _, let command, _, _): "version \(version), \(command)"
        case .invalid(let reason, let bytes): "no valid header: \(reason) in \(bytes.dump(limit: 24))"
        }
    }

    private func checkSource(_ seen: TransportAddress?) -> CheckResult {
        let wanted = self.testCase.client.believed?.client ?? self.client.leg.localAddress
        return CheckResult(
            check: "proxy source",
            expected: wanted?.description ?? "the client's address, which the harness lost",
            observed: seen?.description ?? "none",
            holds: wanted != nil && seen == wanted
        )
    }

    /// The address the client dialled: the edge's, or that of whoever stands in front of it and says so.
    private func checkDestination(_ seen: TransportAddress?) -> CheckResult {
        let dialled = self.testCase.client.believed?.server ?? self.client.leg.remoteAddress
        let wanted = dialled.map { [$0] } ?? self.context.edgeAddresses
        return CheckResult(
            check: "proxy destination",
            expected: Self.either(wanted.map(\.description)),
            observed: seen?.description ?? "none",
            holds: seen.map { wanted.contains($0) } ?? false
        )
    }

    /// "The sender must always ensure that the header is sent at once" (PROXY protocol section 2): the first read holds all of
    /// it, and where nothing else had come by then, it came in one segment. Behind it in the same read there may be others.
    private func checkFirstRead(_ connection: UpstreamConnection, _ length: Int) -> CheckResult {
        let leg = connection.leg
        let isInPieces = leg.firstReadCount == length && (leg.firstSegmentCount ?? 1) > 1
        let segments = isInPieces ? " in \(leg.firstSegmentCount ?? 1) segments" : ""
        return CheckResult(
            check: "proxy segment",
            expected: "all \(length) bytes at once",
            observed: "a first read of \(leg.firstReadCount)\(segments)",
            holds: leg.firstReadCount >= length && !isInPieces
        )
    }

    private func checkOnlyHeader(_ connection: UpstreamConnection) -> CheckResult {
        let rest = connection.leg.received.bytes
        let isRepeated = rest.starts(with: "PROXY ".utf8) || rest.starts(with: Self.signature)
        return CheckResult(
            check: "proxy once",
            expected: "one header",
            observed: isRepeated ? "another header behind it" : "one header",
            holds: !isRepeated
        )
    }

    /// The first twelve bytes of version 2 (PROXY protocol section 2.2).
    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    /// PP2_TYPE_AUTHORITY (section 2.2.2) is optional, but then it is "the exact copy" of the client's server name.
    private func checkAuthority(_ tlvs: [ProxyHeaderObservation.TLV]) -> CheckResult? {
        guard let authority = tlvs.first(where: { $0.type == 0x02 }) else { return nil }
        let seen = String(decoding: authority.value.bytes, as: UTF8.self)
        let wanted = self.testCase.client.serverName
        return CheckResult(
            check: "proxy authority",
            expected: wanted ?? "no authority",
            observed: seen,
            holds: seen == wanted
        )
    }
}
