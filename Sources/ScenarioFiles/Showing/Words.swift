import ScenarioModel

/// Expectations and plans in sentences, for people.
enum Words {
    static func expectation(_ value: Expectation) -> String {
        var parts: [String] = []
        switch value.route {
        case .endpoints(let keys): parts.append("reaches \(Self.either(keys))")
        case .some(.none): parts.append("reaches no upstream")
        case nil: break
        }
        switch value.dialled {
        case .never: parts.append("has no upstream dialled")
        case .silently: parts.append("sends no upstream a byte, not even a PROXY header")
        case .once: parts.append("has its upstream dialled once, and no other")
        case nil: break
        }
        switch value.handshake {
        case .completed: parts.append("completes the handshake and gets data back")
        case .answered: parts.append("is answered with a ServerHello")
        case .refused: parts.append("is refused")
        case nil: break
        }
        if let party = value.terminatedBy { parts.append("TLS ends at the \(party.rawValue)") }
        if let certificate = value.certificate { parts.append("sees the certificate \(certificate)") }
        if let version = value.version { parts.append("speaks TLS \(version.rawValue)") }
        if let isResumed = value.isResumed {
            parts.append(isResumed ? "resumes its session" : "is given a full handshake")
        }
        if !value.earlyData.isEmpty {
            parts.append("its early data is \(Self.either(value.earlyData.map(Self.fate)))")
        }
        if let isRetried = value.isRetried {
            parts.append(isRetried ? "is asked for a second hello" : "is asked for no second hello")
        }
        switch value.alpn {
        case .selected(let name): parts.append("gets the protocol \(name)")
        case .some(.none): parts.append("gets no protocol")
        case nil: break
        }
        if value.bytes == .identical { parts.append("every byte arrives unchanged both ways") }
        if !value.alerts.isEmpty { parts.append("gets the fatal alert \(Self.either(value.alerts))") }
        if !value.endings.isEmpty { parts.append("sees the end as \(Self.either(value.endings.map(Self.ending)))") }
        if !value.upstreamEndings.isEmpty {
            parts.append("its upstream sees \(Self.either(value.upstreamEndings.map(Self.ending)))")
        }
        if let within = value.within { parts.append(Self.time(within)) }
        if let within = value.firstByteWithin { parts.append("gets the first byte \(Self.time(within))") }
        if let within = value.handshakeWithin { parts.append("has completed the handshake \(Self.time(within))") }
        switch value.proxy {
        case .version(let version): parts.append("the upstream first reads a true PROXY header, version \(version)")
        case .absent: parts.append("the upstream reads no PROXY header")
        case nil: break
        }
        switch value.event {
        case .one(let decision, let logs):
            parts.append(
                "one true event is written" + (decision.map { ", with the decision \($0)" } ?? "")
                    + (logs.map { $0.isEmpty ? ", with no log of a policy" : ", with what policies logged" } ?? "")
            )
        case .some(.none): parts.append("no event is written")
        case nil: break
        }
        switch value.upstreamServerName {
        case .clients: parts.append("the upstream sees the client's server name")
        case .name(let name): parts.append("the upstream sees the server name \(name)")
        case .some(.none): parts.append("the upstream sees no server name")
        case nil: break
        }
        switch value.upstreamClientCertificate {
        case .recipe(let recipe): parts.append("the upstream is shown the certificate \(recipe)")
        case .some(.none): parts.append("the upstream asks for a certificate and is shown none")
        case nil: break
        }
        return parts.joined(separator: "; ")
    }

    private static func time(_ within: Expectation.Within) -> String {
        switch within {
        case .milliseconds(let range): "after \(range.lowerBound) to \(range.upperBound) ms"
        case .deadline(let deadline): "at the target's \(deadline.rawValue) deadline"
        }
    }

    private static func fate(_ earlyData: HandshakeObservation.EarlyData) -> String {
        switch earlyData {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .notSent: "not sent"
        }
    }

    static func ending(_ ending: Expectation.Ending) -> String {
        switch ending {
        case .alert: "an alert and the end of the connection"
        case .silentClose: "a close without a single byte"
        case .closeNotify: "close_notify and the end"
        case .fin: "FIN without close_notify"
        case .reset: "a reset"
        }
    }

    static func ending(_ ending: Expectation.UpstreamEnding) -> String {
        switch ending {
        case .inOrder: "an end in order"
        case .truncated: "FIN without close_notify"
        case .reset: "a reset"
        case .open: "no end at all"
        }
    }

    static func invariant(_ invariant: Invariant) -> String {
        switch invariant {
        case .otherContacted: "another upstream gets bytes of the client"
        case .anyContacted: "any upstream gets bytes of the client"
        case .upstreamGotData: "an upstream gets application data"
        case .clientCertificateSkipped: "a client without an acceptable certificate gets to application data"
        case .plaintextReply: "an answer comes that is not TLS"
        }
    }

    static func either(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
