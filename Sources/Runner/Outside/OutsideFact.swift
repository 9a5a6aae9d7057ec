import Clients
import Foundation
import LibCrypto
import ScenarioModel

/// Something that an edge showed a client, and that no rule asks for: `certificate: CN=…`.
package struct OutsideFact: Hashable, Sendable, Codable {
    package var name: String
    package var value: String
}

extension OutsideClient {
    /// What ordinary clients learn of the edge, by its names.
    func facts(
        of names: [String],
        versions: [TLSVersion],
        first: ClientObservation
    ) async throws -> [OutsideFact] {
        var facts: [OutsideFact] = []
        for (index, name) in names.enumerated() {
            let seen =
                index == 0 ? first : try await self.greet(ClientPlan(engine: .openssl, serverName: name)).observation
            facts += Self.certificate(seen.handshake, name)
        }
        let spoken = versions.map(\.rawValue).joined(separator: " and ")
        facts.append(OutsideFact(name: "versions", value: spoken.isEmpty ? "neither 1.2 nor 1.3" : "TLS \(spoken)"))
        facts.append(OutsideFact(name: "negotiated", value: Self.negotiated(first.handshake)))
        facts.append(OutsideFact(name: "alpn", value: try await self.alpn(of: names[0])))
        for version in [TLSVersion.tls12, .tls13] {
            let value = try await self.resumption(of: names[0], version)
            facts.append(OutsideFact(name: "resumption in TLS \(version.rawValue)", value: value))
        }
        if let phases = first.leg.phases, let handshake = phases.handshake {
            let times =
                "connected after \(Int(phases.connect.rounded())) ms, handshake after \(Int(handshake.rounded())) ms"
            facts.append(OutsideFact(name: "times", value: times))
        }
        return facts
    }

    private static func certificate(_ handshake: HandshakeObservation, _ name: String) -> [OutsideFact] {
        let chain = handshake.peerCertificates
        guard let leaf = chain.first, let facts = try? CertificateFacts(der: leaf.bytes) else {
            return [OutsideFact(name: "certificate of \(name)", value: "none that could be read")]
        }
        var words = [facts.subject.isEmpty ? "without a subject" : facts.subject]
        words.append(facts.dnsNames.contains { Self.covers($0, name) } ? "for this name" : "NOT FOR THIS NAME")
        if let end = facts.notAfter {
            let day = Date(timeIntervalSince1970: TimeInterval(end)).formatted(.iso8601.year().month().day())
            words.append(facts.isCurrent ? "valid until \(day)" : "NOT VALID NOW (until \(day))")
        }
        words.append(chain.count == 1 ? "sent alone" : "sent with \(chain.count - 1) more")
        return [OutsideFact(name: "certificate of \(name)", value: words.joined(separator: ", "))]
    }

    /// RFC 9525 section 6.3: a wildcard is one whole label, the first.
    static func covers(_ pattern: String, _ name: String) -> Bool {
        let (pattern, name) = (pattern.lowercased(), name.lowercased())
        guard pattern.hasPrefix("*.") else { return pattern == name }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return name[dot...] == pattern.dropFirst()
    }

    /// The versions that a client completes a handshake with which offers one alone.
    func versions(of name: String) async throws -> [TLSVersion] {
        var spoken: [TLSVersion] = []
        for version in [TLSVersion.tls12, .tls13] {
            let plan = ClientPlan(
                engine: .openssl,
                serverName: name,
                minimumVersion: version,
                maximumVersion: version
            )
            if try await self.greet(plan).observation.handshake.isCompleted { spoken.append(version) }
        }
        return spoken
    }

    private static func negotiated(_ handshake: HandshakeObservation) -> String {
        let version = handshake.version.map { "TLS \($0.rawValue)" } ?? "no version"
        return handshake.cipherSuite.map { "\(version), \($0)" } ?? version
    }

    private func alpn(of name: String) async throws -> String {
        let plan = ClientPlan(engine: .openssl, serverName: name, alpn: ["h2", "http/1.1"])
        let handshake = try await self.greet(plan).observation.handshake
        guard handshake.isCompleted else { return "a client that offers h2 and http/1.1 is refused" }
        return handshake.alpn.map { "\($0) of h2 and http/1.1" } ?? "none of h2 and http/1.1"
    }

    private func resumption(of name: String, _ version: TLSVersion) async throws -> String {
        let plan = ClientPlan(engine: .openssl, serverName: name, minimumVersion: version, maximumVersion: version)
        let first = try await self.greet(plan, saving: true)
        guard first.observation.handshake.isCompleted else { return "not asked, since it does not speak it" }
        guard let session = first.session else { return "no session was given" }
        let second = try await self.greet(plan, resuming: session).observation.handshake
        guard second.isCompleted else { return "a client that offers a session is refused" }
        return second.isResumed == true ? "a session is resumed" : "a session is given, and not resumed"
    }
}
