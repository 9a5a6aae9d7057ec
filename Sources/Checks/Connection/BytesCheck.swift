import ScenarioModel
import Verdicts

extension Evidence {
    /// What one end sent is what the other received, in both directions.
    ///
    /// In passthrough that is said of the TLS bytes themselves, otherwise of the application's. Of TLS bytes a side's own
    /// end, its close_notify, need not have arrived unless the exchange is about how it arrives.
    func checkBytes(_ expectation: Expectation) -> CheckResult {
        let what = self.isPassthrough(expectation) ? "TLS bytes" : "application bytes"
        let expected = "\(what) unchanged both ways"
        guard let connection = self.connection(of: expectation) else {
            return CheckResult(check: "bytes", expected: expected, observed: "no upstream connection", holds: false)
        }
        let flows =
            self.isPassthrough(expectation) ? self.wireFlows(connection) : self.applicationFlows(connection)
        let wrong = flows.filter { !$0.isIntact }
        return CheckResult(
            check: "bytes",
            expected: expected,
            observed: (wrong.isEmpty ? flows : wrong).map(\.description).joined(separator: ", "),
            holds: wrong.isEmpty
        )
    }

    private func isPassthrough(_ expectation: Expectation) -> Bool {
        guard let key = expectation.route?.keys.first else { return self.testCase.role == .passthrough }
        return self.testCase.endpoints.first { $0.key == key }?.role == .passthrough
    }

    private struct Flow: CustomStringConvertible {
        let name: String
        let sent: Int
        let received: Int
        let isIntact: Bool

        var description: String {
            if self.isIntact { return "\(self.received) bytes \(self.name) unchanged" }
            if self.sent == self.received { return "\(self.sent) bytes \(self.name) changed on the way" }
            return "\(self.sent) bytes sent \(self.name), \(self.received) received"
        }
    }

    private func wireFlows(_ connection: UpstreamConnection) -> [Flow] {
        let near = self.client.leg
        let far = connection.leg
        let endsMatter = self.endsThatMatter
        let up = Flow(
            name: "up",
            sent: near.sentCount,
            received: far.receivedCount,
            isIntact: Self.isIntact(from: near, to: far, withItsEnd: endsMatter.up)
        )
        // A byte client leaves in the middle of the handshake, so that it may miss the end of what was sent to it.
        let isBeginning =
            near.receivedCount <= far.sentCount && far.sent.bytes.starts(with: near.received.bytes)
        let down = Flow(
            name: "down",
            sent: far.sentCount,
            received: near.receivedCount,
            isIntact: Self.isIntact(from: far, to: near, withItsEnd: endsMatter.down)
                || (self.testCase.client.engine == .bytes && isBeginning)
        )
        return [up, down]
    }

    private static func isIntact(
        from sender: LegObservation,
        to receiver: LegObservation,
        withItsEnd endMatters: Bool
    ) -> Bool {
        let received = StreamMark(count: receiver.receivedCount, digest: receiver.receivedDigest)
        if received == StreamMark(count: sender.sentCount, digest: sender.sentDigest) { return true }
        return !endMatters && received == sender.sentBeforeEnd
    }

    /// Whose close_notify has to arrive with the rest. After the client's own end a connection may be over in both
    /// directions, and who speaks last is not heard: only an exchange that ends one direction at a time is about that.
    private var endsThatMatter: (up: Bool, down: Bool) {
        switch self.testCase.exchange {
        case .clientHalfClose, .upstreamHalfClose, .clientCloses: (up: true, down: true)
        case .upstreamCloses: (up: false, down: true)
        case .echo, .wait, .transfer, .upstreamFirst, .upstreamResets, .upstreamTruncates, .clientResets, .breach,
            .idle, .clientHalfOpen, .upstreamHalfOpen,
            .dialogue, .request:
            (up: false, down: false)
        }
    }

    private func applicationFlows(_ connection: UpstreamConnection) -> [Flow] {
        guard self.testCase.client.engine != .program else { return self.programFlows(connection) }
        let pairs = [
            ("up", self.client.applicationSent, connection.applicationReceived),
            ("down", connection.applicationSent, self.client.applicationReceived),
        ]
        return pairs.map { name, sent, received in
            Flow(
                name: name,
                sent: sent.count,
                received: received.count,
                isIntact: sent.count == received.count && sent.digest == received.digest
            )
        }
    }

    /// What a program says inside TLS is its own affair, as long as the upstream hears the whole request; the page that it
    /// gets is known to the last byte.
    private func programFlows(_ connection: UpstreamConnection) -> [Flow] {
        let heard = connection.applicationReceived.count
        let got = self.client.applicationReceived
        return [
            Flow(name: "up", sent: heard, received: heard, isIntact: connection.exchangeCompleted),
            Flow(
                name: "down",
                sent: connection.applicationSent.count,
                received: got.count,
                isIntact: self.client.exchangeCompleted
            ),
        ]
    }

    /// Whether the exchange came to its proper end; `nil` for those that have none by nature.
    func checkExchange() -> CheckResult? {
        switch self.testCase.exchange {
        case .echo, .transfer, .clientHalfClose, .upstreamHalfClose, .upstreamFirst, .clientCloses, .upstreamCloses,
            .request:
            guard self.testCase.client.engine != .bytes else { return nil }
            let isCompleted = self.client.exchangeCompleted
            return CheckResult(
                check: "exchange",
                expected: "carried through to its end",
                observed: isCompleted ? "carried through" : "broke off",
                holds: isCompleted
            )
        case .clientResets: return self.checkUpstreamEnd(as: "exchange")
        // Of a dialogue each step is asked for itself.
        case .wait, .upstreamResets, .upstreamTruncates, .breach, .idle, .clientHalfOpen, .upstreamHalfOpen, .dialogue:
            return nil
        }
    }

    /// Of a client that ends by FIN or RST alone: whoever it reached is not left with a connection that is nobody's.
    func checkUpstreamEnd() -> CheckResult? {
        self.testCase.client.close.map { _ in self.checkUpstreamEnd(as: "upstream-end") }
    }

    private func checkUpstreamEnd(as check: String) -> CheckResult {
        let open = self.reached.count { $0.connection.leg.ending == .stillOpen }
        return CheckResult(
            check: check,
            expected: "the upstream's connection ends with the client's",
            observed: open == 0 ? "it ended" : "it is still open",
            holds: open == 0
        )
    }
}
