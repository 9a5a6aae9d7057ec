import Foundation
import JSONText
import LibCrypto
import ScenarioModel
import TLSWire
import Verdicts

/// What one case saw, made ready for reading: lanes with facts, one timeline, the annotated first flight.
struct CaseEvidence {
    struct Lane: Hashable {
        var name: String
        var isClient: Bool
        var facts: [Fact]
        var timeline: [TimelineEntry]
        var dumps: [Dump]
    }

    /// The beginning of what came on a lane, for reading as bytes and as text.
    struct Dump: Hashable {
        var title: String
        var bytes: ByteString
        /// How many there were in all.
        var count: Int

        /// An HTTP answer's first lines, an alert, a PROXY header: what tells one kind of bytes from another.
        static let limit = 64

        /// `nil` when nothing came.
        init?(_ title: String, _ bytes: ByteString, count: Int) {
            guard !bytes.bytes.isEmpty else { return nil }
            self.title = title
            self.bytes = ByteString(bytes.bytes.prefix(Self.limit))
            self.count = count
        }
    }

    struct Fact: Hashable {
        var name: String
        var value: String
        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    var lanes: [Lane]
    /// Endpoints whose upstream saw no connection.
    var untouched: [String]
    /// The target's own events; `nil` when it writes none.
    var events: [[Fact]]?
    var hello: AnnotatedHello?

    init(_ observation: Observation) {
        let connections = observation.upstreams.flatMap { upstream in
            upstream.connections.map { (endpoint: upstream.endpoint, connection: $0) }
        }
        let clientCount = observation.clients.count
        var lanes = observation.clients.enumerated().map { index, client in
            Lane(
                name: clientCount > 1 ? "client \(index + 1)" + (client.name.map { " \($0)" } ?? "") : "client",
                isClient: true,
                facts: Self.facts(client, peers: connections),
                timeline: client.leg.timeline,
                dumps: Self.dumps(client)
            )
        }
        var seen: [String: Int] = [:]
        for (endpoint, connection) in connections {
            seen[endpoint, default: 0] += 1
            let number = seen[endpoint] ?? 1
            let name = "upstream \(endpoint)" + (number > 1 ? " (\(number))" : "")
            lanes.append(
                Lane(
                    name: name,
                    isClient: false,
                    facts: Self.facts(connection),
                    timeline: connection.leg.timeline,
                    dumps: Self.dumps(connection)
                )
            )
        }
        if let steps = observation.steps { lanes.insert(Lane(steps), at: 0) }
        self.lanes = lanes
        self.untouched = observation.upstreams.filter { $0.connections.isEmpty }.map(\.endpoint)
        self.events = observation.events.map { $0.map(Self.facts) }
        self.hello = observation.clients.first.flatMap { AnnotatedHello($0.leg) }
    }

    // MARK: - Facts

    private static func facts(
        _ client: ClientObservation,
        peers: [(endpoint: String, connection: UpstreamConnection)]
    ) -> [Fact] {
        var facts = Self.addresses(client.leg) + Self.handshake(client.handshake, answer: "ServerHello")
        if let exporter = client.handshake.exporter {
            let equal = peers.filter { $0.connection.handshake?.exporter == exporter }.map(\.endpoint)
            let meaning =
                equal.isEmpty
                ? "equals no upstream's: TLS ended before it" : "equals upstream \(equal.joined(separator: ", "))"
            facts.append(Fact("TLS exporter", "\(Self.prefix(exporter)), \(meaning)"))
        }
        if let phases = client.leg.phases { facts.append(Fact("Times", Self.words(phases))) }
        return facts + Self.traffic(client.leg, client.applicationSent, client.applicationReceived)
            + [Fact("Ended", EndingText.line(ClientEnding(client)))]
    }

    private static func facts(_ connection: UpstreamConnection) -> [Fact] {
        var facts = Self.addresses(connection.leg)
        facts.append(Fact("PROXY header", Self.words(connection.proxyHeader)))
        if let handshake = connection.handshake {
            facts += Self.handshake(handshake, answer: "ClientHello")
            facts.append(Fact("Server name seen", handshake.serverName ?? "none"))
            if let exporter = handshake.exporter { facts.append(Fact("TLS exporter", Self.prefix(exporter))) }
        } else {
            facts.append(Fact("TLS", "none: this upstream takes plaintext"))
        }
        let ending =
            "\(EndingText.words(connection.leg.ending)) after "
            + NumberText.milliseconds(connection.leg.endedAfter)
        return facts + Self.traffic(connection.leg, connection.applicationSent, connection.applicationReceived)
            + [Fact("Ended", ending)]
    }

    private static func addresses(_ leg: LegObservation) -> [Fact] {
        guard let local = leg.localAddress, let remote = leg.remoteAddress else { return [] }
        return [Fact("Connection", "\(local) → \(remote)")]
    }

    /// - Parameter answer: what it means that the peer has answered on this side.
    private static func handshake(_ handshake: HandshakeObservation, answer: String) -> [Fact] {
        var words = [handshake.isCompleted ? "completed" : "not completed"]
        if let retry = handshake.retryRequest { words.append("\(retry)") }
        if handshake.isAnswered, !handshake.isCompleted { words.append("a \(answer) came") }
        if let version = handshake.version { words.append("TLS \(version.rawValue)") }
        if let suite = handshake.cipherSuite { words.append(suite) }
        if let alpn = handshake.alpn { words.append("ALPN \(alpn)") }
        if let earlyData = handshake.earlyData { words.append("early data \(earlyData.rawValue)") }
        if handshake.certificateWasRequested { words.append("client certificate requested") }
        var facts = [Fact("Handshake", words.joined(separator: ", "))]
        if let failure = handshake.failure { facts.append(Fact("Stack says", failure)) }
        for (name, alerts) in [
            ("Alerts received", handshake.alertsReceived), ("Alerts sent", handshake.alertsSent),
        ] where !alerts.isEmpty {
            facts.append(Fact(name, alerts.map(\.description).joined(separator: ", ")))
        }
        for (index, certificate) in handshake.peerCertificates.enumerated() {
            let digest = ByteString(SHA256.digest(of: certificate.bytes)).description.prefix(16)
            let name = index == 0 ? "Peer certificate" : "Issuer \(index)"
            facts.append(Fact(name, "SHA-256 \(digest)…, \(certificate.bytes.count) bytes"))
        }
        return facts
    }

    private static func words(_ phases: LegObservation.Phases) -> String {
        let times = [
            ("hello sent", phases.helloSent), ("first byte", phases.firstByte), ("handshake", phases.handshake),
            ("first data", phases.firstData),
        ]
        return
            (["connected in \(NumberText.milliseconds(phases.connect))"]
            + times.compactMap { name, time in time.map { "\(name) after \(NumberText.milliseconds($0))" } })
            .joined(separator: ", ")
    }

    private static func traffic(
        _ leg: LegObservation,
        _ sent: ApplicationObservation,
        _ received: ApplicationObservation
    ) -> [Fact] {
        [
            Fact("On the wire", "\(leg.sentCount) bytes sent, \(leg.receivedCount) received"),
            Fact("Application", "\(sent.count) bytes sent, \(received.count) received"),
        ]
    }

    private static func words(_ header: ProxyHeaderObservation) -> String {
        switch header {
        case .absent: return "none"
        case .invalid(let reason, let bytes):
            return "invalid: \(reason); \(bytes.dump(limit: 48))"
        case .valid(let version, let source, let destination, let command, let length, let tlvs):
            var text = "version \(version), \(command), \(length) bytes"
            if let source, let destination { text += ": \(source) → \(destination)" }
            for tlv in tlvs {
                text += "; TLV 0x\(ByteString([tlv.type])) \(tlv.value.dump(limit: 48))"
            }
            return text
        }
    }

    // MARK: - Bytes

    /// A session that stands encrypts what is on the wire, so then only what came inside of it says anything.
    private static func dumps(_ client: ClientObservation) -> [Dump] {
        let answer = client.handshake.isCompleted ? ByteString() : client.leg.received
        return [
            Dump("Answer on the wire", answer, count: client.leg.receivedCount),
            Dump("Application bytes that came", client.applicationReceived),
        ]
        .compactMap(\.self)
    }

    private static func dumps(_ connection: UpstreamConnection) -> [Dump] {
        let isTLS = connection.handshake?.isAnswered ?? false
        let isApplication = connection.handshake == nil && connection.proxyHeader == .absent
        let wire = isTLS || isApplication ? ByteString() : connection.leg.received
        return [
            Dump("On the wire", wire, count: connection.leg.receivedCount),
            Dump("Application bytes that came", connection.applicationReceived),
        ]
        .compactMap(\.self)
    }

    private static func facts(_ event: ConnectionEvent) -> [Fact] {
        var facts = [
            Fact("Event", "\(event.eventType) \(event.eventID)"),
            Fact("Server name", event.serverName),
            Fact("Client", event.clientIP),
            Fact("Server", event.serverIP + (event.serverPort.map { ", port \($0)" } ?? "")),
            Fact("Bytes", "\(event.bytesIn) in, \(event.bytesOut) out"),
            Fact("Time", "\(event.startTimestamp) to \(event.endTimestamp)"),
        ]
        if let decision = event.ipPolicyDecision { facts.append(Fact("IP policy", decision)) }
        for log in event.logs ?? [] {
            let words = log.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            facts.append(Fact("Policy's log", words.joined(separator: ", ")))
        }
        return facts
    }

    private static func prefix(_ bytes: ByteString) -> String { "\(bytes.description.prefix(16))…" }
}

extension CaseEvidence.Lane {
    /// What a play does, in a lane of its own beside those of its connections.
    fileprivate init(_ steps: [StepObservation]) {
        self.init(name: "steps", isClient: true, facts: [], timeline: [], dumps: [])
        self.timeline = steps.map { step in
            let troubles = Set(step.troubles.map(\.sentence)).sorted().joined(separator: "; ")
            let detail = "\(step.number) \(step.action)" + (troubles.isEmpty ? "" : ": \(troubles)")
            return TimelineEntry(at: step.began, kind: .note, detail: detail)
        }
    }
}

extension CaseEvidence.Dump {
    init?(_ title: String, _ application: ApplicationObservation) {
        self.init(title, application.excerpt, count: application.count)
    }

    fileprivate func json(_ table: inout StringTable) -> JSONValue {
        .array([
            table.reference(self.title), .string(Data(self.bytes.bytes).base64EncodedString()),
            .integer(of: self.count),
        ])
    }
}

extension CaseEvidence {
    /// More entries than anyone reads; a transfer can have thousands.
    private static let timelineLimit = 80

    func json(_ table: inout StringTable) -> JSONValue {
        var members: [JSONValue.Member] = []
        let lanes = self.lanes.map { lane -> JSONValue in
            let left = max(0, lane.timeline.count - Self.timelineLimit)
            var entries = lane.timeline.prefix(Self.timelineLimit - (left > 0 ? 1 : 0)).map { Self.json($0, &table) }
            if left > 0, let last = lane.timeline.last {
                let note = TimelineEntry(at: last.at, kind: .note, detail: "\(left + 1) more entries are in run.json")
                entries.append(Self.json(note, &table))
            }
            var members: [JSONValue.Member] = [
                .init("n", .string(lane.name)),
                .init("c", .integer(of: lane.isClient ? 1 : 0)),
                .init("f", Self.json(lane.facts, &table)),
                .init("t", .array(entries)),
            ]
            if !lane.dumps.isEmpty { members.append(.init("d", .array(lane.dumps.map { $0.json(&table) }))) }
            return .object(members)
        }
        members.append(.init("lanes", .array(lanes)))
        if !self.untouched.isEmpty {
            members.append(.init("untouched", .array(self.untouched.map { table.reference($0) })))
        }
        if let events = self.events { members.append(.init("events", .array(events.map { Self.json($0, &table) }))) }
        if let hello = self.hello { members.append(.init("hello", hello.json(&table))) }
        return .object(members)
    }

    private static func json(_ entry: TimelineEntry, _ table: inout StringTable) -> JSONValue {
        let detail = SafeText.shortened(entry.detail, to: 300)
        let at = NumberText.decimal(entry.at, digits: 2)
        return .array([at, table.reference(entry.kind.rawValue), table.reference(detail)])
    }

    private static func json(_ facts: [Fact], _ table: inout StringTable) -> JSONValue {
        .array(
            facts.map {
                .integers([table.index(of: $0.name), table.index(of: SafeText.shortened($0.value, to: 600))])
            }
        )
    }
}
