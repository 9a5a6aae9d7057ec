import ScenarioModel

/// A connection that stays open: the client does as it is ordered, and the upstream answers every line.
package struct Dialogue: Choreography {
    private let orders: Orders

    /// Between two orders the connection has all the time there is.
    private static let untold = Duration.seconds(3_600)

    package init(orders: Orders) {
        self.orders = orders
    }

    package func client(_ party: Party) async throws -> Bool {
        var owed = OwedBytes()
        var isRight = true
        while let order = await self.orders.next() {
            party.postponeDeadline(by: order.patience)
            let trouble = try await self.carryOut(order.action, party, &owed)
            isRight = isRight && trouble == nil
            party.postponeDeadline(by: Self.untold)
            self.orders.carriedOut(trouble)
            if order.action.isLast { return isRight }
        }
        // The play is over.
        party.postponeDeadline(by: Orders.patience)
        await party.end()
        return await party.hearNothingMore() && isRight
    }

    private func carryOut(_ action: Orders.Action, _ party: Party, _ owed: inout OwedBytes) async throws -> String? {
        switch action {
        case .open:
            if let trouble = await party.say(.line, &owed) { return trouble }
            return await party.hear(.all, &owed)
        case .say(let speech): return await party.say(speech, &owed)
        case .hear(let hearing): return await party.hear(hearing, &owed)
        case .end:
            await party.end()
            return await party.hear(.end, &owed)
        case .reset:
            try await party.reset()
            return nil
        }
    }

    package func upstream(_ party: Party) async -> Bool {
        var isRight = true
        while let line = await party.conversation.readLine() {
            let request = party.request(in: line)
            isRight = isRight && request != nil
            if case .upload(let count)? = request {
                isRight = await party.hearPayload(.up, count: count) && isRight
            }
            // Whosever line it is: that is what shows a mixed-up edge.
            await party.conversation.write(line)
            party.tellProgress()
            if case .request(let count)? = request {
                isRight = await party.sayPayload(.down, count: count) && isRight
            }
        }
        return await party.hearEnd() && isRight
    }
}

extension Party {
    /// What is wrong, in a few words; `nil` where it went out.
    fileprivate func say(_ speech: Step.Speech, _ owed: inout OwedBytes) async -> String? {
        let line = self.line(of: speech)
        owed.add(line)
        var isSaid = await self.conversation.write(line)
        switch speech {
        case .line: break
        case .upload(let count):
            if isSaid { isSaid = await self.sayPayload(.up, count: count) }
        case .request(let count): owed.add(self.payload(.down, count: count))
        }
        return isSaid ? nil : "it could not be said: \(self.endInWords)"
    }

    fileprivate func hear(_ hearing: Step.Hearing, _ owed: inout OwedBytes) async -> String? {
        let isToEnd = hearing == .end
        var missing = if case .some(let count) = hearing { min(count, owed.count) } else { owed.count }
        while isToEnd || missing > 0 {
            guard case .bytes(let bytes) = await self.conversation.read() else {
                let end = self.endInWords
                if isToEnd { return self.conversation.received.end == .timedOut ? end : nil }
                return "\(missing) bytes did not come: \(end)"
            }
            let wanted = isToEnd ? bytes.count : min(missing, bytes.count)
            guard owed.settle(bytes[..<wanted]) else { return "other bytes came than were owed" }
            missing -= wanted
            if wanted < bytes.count { self.conversation.received.putBack(bytes[wanted...]) }
        }
        return nil
    }

    private var endInWords: String {
        switch self.conversation.received.end {
        case nil: "nothing more could be written"
        case .orderly?: "the connection ended in order"
        case .truncated?: "the connection ended by FIN without close_notify"
        case .reset?: "the connection was reset"
        case .failed?: "TLS failed"
        case .timedOut?: "time was up, and the connection still open"
        }
    }
}
