import Legs

/// Stands where the edge would, and does one thing wrong.
struct Relay {
    let near: Leg
    let far: Leg
    let fault: Fault

    enum Direction: Sendable {
        case up, down
    }

    enum Fault: Sendable {
        case nothing
        case bytes(Direction, Tampering.Fault)
        /// Both connections are closed after so many bytes of one direction.
        case cut(Direction, after: Int)
        /// What ends one direction in order ends both.
        case closesBothAtFIN
        /// What ends one direction in order is kept from the other side.
        case holdsFIN
        case turnsFINIntoReset, turnsResetIntoFIN
        case holdsReset
    }

    func run() async throws {
        async let up: Void = self.pump(.up, from: self.near, to: self.far)
        async let down: Void = self.pump(.down, from: self.far, to: self.near)
        _ = try await (up, down)
        for leg in [self.near, self.far] {
            await leg.flush()
            await leg.close()
        }
    }

    private func pump(_ direction: Direction, from source: Leg, to sink: Leg) async throws {
        var tampering = Tampering()
        var budget = Int.max
        if case .bytes(direction, let fault) = self.fault { tampering.fault = fault }
        if case .cut(direction, after: let count) = self.fault { budget = count }
        while true {
            switch await source.next() {
            case .bytes(let bytes):
                sink.send(Array(tampering.pass(bytes).prefix(budget)))
                budget -= min(budget, bytes.count)
                if budget == 0 { return await self.closeBoth() }
            case .fin:
                sink.send(tampering.finish())
                return try await self.passFIN(to: sink)
            case .reset:
                return try await self.passReset(to: sink)
            case .expired:
                return
            }
        }
    }

    private func passFIN(to sink: Leg) async throws {
        switch self.fault {
        case .closesBothAtFIN: await self.closeBoth()
        case .holdsFIN: break
        case .turnsFINIntoReset: try await sink.reset()
        case .nothing, .bytes, .cut, .turnsResetIntoFIN, .holdsReset: sink.closeOutput()
        }
    }

    private func passReset(to sink: Leg) async throws {
        switch self.fault {
        case .turnsResetIntoFIN: sink.closeOutput()
        case .holdsReset: break
        case .nothing, .bytes, .cut, .closesBothAtFIN, .holdsFIN, .turnsFINIntoReset: try await sink.reset()
        }
    }

    private func closeBoth() async {
        await self.near.close()
        await self.far.close()
    }
}
