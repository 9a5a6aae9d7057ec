import ScenarioModel
import Verdicts

extension Evidence {
    /// For each client one connection on a named upstream with the client's own bytes on it, and bytes of a client
    /// nowhere else. A connection that carried nothing of a client is no route: see ``Expectation/dialled``.
    func check(_ route: Expectation.Route) -> CheckResult {
        switch route {
        case .none:
            return CheckResult(
                check: "route",
                expected: "no byte of the client at any upstream",
                observed: Contact.words(self.contacts),
                holds: self.reached.isEmpty
            )
        case .endpoints(let keys):
            let here = self.reached.filter { keys.contains($0.endpoint) }
            let isAlone = here.count == self.reached.count
            let clients = self.observation.clients
            let isCounted = here.count == clients.count
            let strangers = here.count { contact in !clients.contains { self.carries(contact, bytesOf: $0) } }
            let isEachServed = clients.allSatisfy { client in here.contains { self.carries($0, bytesOf: client) } }
            var observed = Contact.words(self.contacts)
            if strangers > 0 { observed += ", \(strangers) without this client's bytes" }
            return CheckResult(
                check: "route",
                expected: "one connection on \(Self.either(keys)) with this client's bytes, none elsewhere",
                observed: observed,
                holds: isAlone && isCounted && strangers == 0 && isEachServed
            )
        }
    }

    /// Whether a connection's first bytes are the client's: its first line, which has the connection's nonce, and in
    /// passthrough its ClientHello, the whole random at least.
    private func carries(_ contact: Contact, bytesOf client: ClientObservation) -> Bool {
        let connection = contact.connection
        let role = self.testCase.endpoints.first { $0.key == contact.endpoint }?.role ?? self.testCase.role
        let isPassthrough = role == .passthrough
        if isPassthrough {
            let sent = client.leg.sent.bytes
            let received = connection.leg.received.bytes
            let common = min(sent.count, received.count)
            guard sent.prefix(common) == received.prefix(common), received.isOpening(of: client) else { return false }
        }
        // The rest of a program's first line is for it to choose.
        if client.program != nil, !connection.applicationReceived.excerpt.bytes.isEmpty {
            let marks = [client.applicationSent, connection.applicationReceived].map {
                ConnectionMark.nonce(inside: $0.excerpt.bytes)
            }
            return marks[0] != nil && marks[0] == marks[1]
        }
        let said = Self.firstLine(client.applicationSent.excerpt.bytes)
        let heard = Self.firstLine(connection.applicationReceived.excerpt.bytes)
        // A connection that carried no application byte is the client's own only if its TLS bytes were.
        return heard.isEmpty ? isPassthrough : said == heard
    }

    private static func firstLine(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return bytes[...] }
        return bytes[...end]
    }
}

extension [UInt8] {
    /// Whether these first bytes on a connection's wire can be this client's only: its random is in them, or all of the
    /// opening that a client sent which speaks no TLS.
    func isOpening(of client: ClientObservation) -> Bool {
        let sent = client.leg.sent.bytes
        guard let mark = ConnectionMark.random(onWire: sent) else { return !sent.isEmpty && self.starts(with: sent) }
        return ConnectionMark.random(onWire: self) == mark
    }
}
