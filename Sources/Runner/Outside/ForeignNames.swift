import LibCrypto
import ScenarioModel
import Verdicts

/// How an edge answers names that nobody named to the harness: by a default certificate, or by a wildcard of its own.
///
/// Whether it answers a name that nobody serves is asked for by itself (`routing.unknown-name`, `routing.no-name`). Of every
/// other name that should be refused nothing more is learnt where the answer is the same, and what a wildcard covers is
/// somebody's.
struct ForeignNames: Sendable {
    /// Whether a client that asks for nobody is answered, and with which certificate (DER).
    private let isAnswered: Bool
    private let defaultLeaf: ByteString?
    /// The names of the certificate that the edge shows for the name it was given.
    private let served: [String]

    private static let questions: Set = ["routing.unknown-name", "routing.no-name"]

    /// - Parameters:
    ///   - greeting: of a client that asks for the name it was given.
    ///   - unknown: of one that asks for nobody.
    init(greeting: ClientObservation, unknown: ClientObservation) {
        self.isAnswered = unknown.handshake.isCompleted
        self.defaultLeaf = unknown.handshake.peerCertificates.first
        let leaf = greeting.handshake.peerCertificates.first
        self.served = leaf.flatMap { try? CertificateFacts(der: $0.bytes) }?.dnsNames ?? []
    }

    /// How a client that asks for nobody fares.
    static func words(_ greeting: ClientObservation) -> String {
        let handshake = greeting.handshake
        guard !handshake.isCompleted else { return "is answered, by a default" }
        if let alert = handshake.alertsReceived.first { return "is refused, with \(alert)" }
        return greeting.leg.receivedCount == 0 ? "is closed without a word" : "is refused"
    }

    /// Takes back that an edge failed where it only did what it does for every such name. Another certificate than the
    /// default's is another endpoint's, and stays a failure.
    func weigh(_ verdict: Verdict, of testCase: Case, _ observation: Observation?) -> Verdict {
        guard verdict.outcome == .fail, !Self.questions.contains(testCase.scenario), testCase.asksForNobody,
            let seen = observation?.clients.last?.handshake, seen.isAnswered
        else { return verdict }
        var weighed = verdict
        weighed.outcome = .informational
        if let name = testCase.client.serverName, let pattern = self.served.first(where: { Self.covers($0, name) }) {
            weighed.summary = "its certificate is for \(pattern), so the name may well be served: \(verdict.summary)"
            return weighed
        }
        guard self.isAnswered, seen.peerCertificates.first.map({ $0 == self.defaultLeaf }) ?? true else {
            return verdict
        }
        weighed.summary = "answered as every name is that nobody serves, by a default: \(verdict.summary)"
        return weighed
    }

    /// Whether a certificate's name covers one that can be a host's.
    private static func covers(_ pattern: String, _ name: String) -> Bool {
        let isHostName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isHostName && OutsideClient.covers(pattern, name)
    }
}

extension Case {
    /// Whether it is for its name that the client is to be refused, and not for a hello that is broken.
    fileprivate var asksForNobody: Bool {
        let strict = self.expectation.strict
        return strict.allSatisfy { $0.handshake == .refused && $0.route == Expectation.Route.none }
            && strict.contains { $0.alerts.contains("unrecognized_name") }
    }
}
