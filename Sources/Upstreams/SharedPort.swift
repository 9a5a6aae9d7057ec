import Addresses
import NIOCore
import Synchronization

/// A port that the upstreams of several endpoints take turns at: where an edge was configured by somebody else, it is given,
/// and all cases of one of its endpoints meet there.
///
/// Whoever comes while nobody has it is the last one's.
final class SharedPort: Sendable {
    let address: TransportAddress

    fileprivate struct Waiter {
        var ticket: Int
        var slot: UpstreamSlot
        var continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State {
        var slot: UpstreamSlot
        /// Of whoever has it.
        var ticket: Int?
        var ticketCount = 0
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>

    init(_ address: TransportAddress, first slot: UpstreamSlot) {
        self.address = address
        self.state = Mutex(State(slot: slot))
    }

    /// Whose upstream answers here now.
    var slot: UpstreamSlot { self.state.withLock { $0.slot } }

    /// Waits until it is the slot's turn.
    ///
    /// - Returns: what to give it back with.
    /// - Throws: `CancellationError`; it is not the slot's then.
    func take(_ slot: UpstreamSlot) async throws -> Int {
        let ticket = self.state.withLock { state in
            state.ticketCount += 1
            return state.ticketCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAtOnce = self.state.withLock { state in
                    guard !Task.isCancelled else { return true }
                    guard state.ticket != nil else {
                        state.give(to: slot, ticket)
                        return true
                    }
                    state.waiters.append(Waiter(ticket: ticket, slot: slot, continuation: continuation))
                    return false
                }
                if isAtOnce { continuation.resume() }
            }
        } onCancel: {
            self.giveUp(ticket)
        }
        if Task.isCancelled {
            self.giveBack(ticket)
            throw CancellationError()
        }
        return ticket
    }

    /// Lets the next one have it, unless it is somebody else's.
    func giveBack(_ ticket: Int) {
        let next = self.state.withLock { state -> Waiter? in
            guard state.ticket == ticket else { return nil }
            state.ticket = nil
            guard !state.waiters.isEmpty else { return nil }
            let next = state.waiters.removeFirst()
            state.give(to: next.slot, next.ticket)
            return next
        }
        next?.continuation.resume()
    }

    private func giveUp(_ ticket: Int) {
        let waiter = self.state.withLock { state -> Waiter? in
            state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume()
    }
}

extension SharedPort.State {
    fileprivate mutating func give(to slot: UpstreamSlot, _ ticket: Int) {
        self.ticket = ticket
        self.slot = slot
    }
}

extension UpstreamFleet {
    /// The turn of a case at the ports that it shares with others.
    package final class Turn: Sendable {
        fileprivate typealias Taken = (port: SharedPort, ticket: Int)
        private let taken: Mutex<[Taken]>

        fileprivate init(_ taken: [Taken]) {
            self.taken = Mutex(taken)
        }

        /// The others may come; what has been accepted goes on. May be called twice.
        package func end() {
            let taken = self.taken.withLock { taken in
                defer { taken = [] }
                return taken
            }
            for (port, ticket) in taken { port.giveBack(ticket) }
        }
    }

    /// Waits until all shared ports of these endpoints are theirs. Most endpoints have ports of their own.
    package func awaitTurn(of endpoints: [String]) async throws -> Turn {
        // Always in the same order, so that no two cases wait for each other.
        let shared = self.slots(endpoints).compactMap { slot in slot.sharedPort.map { (port: $0, slot: slot) } }
            .sorted { $0.port.address.description < $1.port.address.description }
        var taken: [Turn.Taken] = []
        do {
            for (port, slot) in shared { taken.append((port, try await port.take(slot))) }
        } catch {
            for (port, ticket) in taken { port.giveBack(ticket) }
            throw error
        }
        return Turn(taken)
    }
}
