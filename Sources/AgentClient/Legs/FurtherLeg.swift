import Addresses
import Logging
import NIOCore

/// One leg of an agent but its first.
struct FurtherLeg: Sendable {
    enum Event: Sendable {
        /// On the first leg.
        case changed
        /// The connection of this attempt.
        case ended(attempt: Int)
        /// The time has come to try again what has failed.
        case again
    }

    /// The edge has not taken it for a leg of this agent.
    struct Stranger: Error, CustomStringConvertible {
        let description = "the edge takes it for another agent"
    }

    let number: Int
    private let legs: FurtherLegs
    private let group: any EventLoopGroup
    private let logger: Logger

    init(number: Int, of legs: FurtherLegs, on group: any EventLoopGroup, logger: Logger) {
        self.number = number
        self.legs = legs
        self.group = group
        var logger = logger
        logger[metadataKey: "leg.number"] = "\(number)"
        self.logger = logger
    }

    /// Keeps a connection until the task is cancelled, and ends it in order then.
    func run(_ events: AsyncStream<Event>, _ told: AsyncStream<Event>.Continuation) async {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        // What was said last of an address that cannot be connected to, so that it is said once and not at every attempt.
        var trouble: String?
        var attempt = 0
        for await event in events {
            if case .ended = event { continue }
            guard let first = self.legs.first, let address = first.address(ofLeg: self.number) else { continue }
            attempt += 1
            do {
                let session = try await self.connect(first, to: address, attempt, told)
                trouble = nil
                backoff.reset()
                self.logger.info("leg established", metadata: ["server.address": "\(address)"])
                let reason = await withTaskCancellationHandler {
                    await self.tend(session, attempt, events, told)
                    // Told to stop, it has some connections to wait for.
                    return await session.waitForEnd()
                } onCancel: {
                    session.shutDown()
                }
                guard !Task.isCancelled else { return }
                self.logger.warning("leg lost", metadata: ["server.address": "\(address)", "error": "\(reason)"])
            } catch {
                guard !Task.isCancelled else { return }
                let text = ConnectionTrouble.text(of: error)
                self.logger.log(
                    level: text == trouble ? .debug : .warning,
                    "leg cannot be established",
                    metadata: ["server.address": "\(address)", "error": "\(text)"]
                )
                trouble = text
                // The edge would say it again: it is asked when something changes on the first leg.
                if let refusal = error as? AgentRefusal, !refusal.isTemporary { continue }
            }
            self.later(backoff.wait(using: &generator), told)
        }
    }

    private func later(_ time: Duration, _ told: AsyncStream<Event>.Continuation) {
        self.group.any().scheduleTask(in: TimeAmount(time)) { _ = told.yield(.again) }
    }

    private func connect(
        _ first: FurtherLegs.First,
        to address: HostAndPort,
        _ attempt: Int,
        _ told: AsyncStream<Event>.Continuation
    ) async throws -> AgentSession {
        let session = try await AgentSession.connect(
            first.configuration,
            to: address,
            control: first.control,
            traffic: first.traffic,
            on: self.group,
            logger: self.logger
        )
        session.whenEnded { told.yield(.ended(attempt: attempt)) }
        var memory = SessionMemory()
        memory.clientID = first.clientID
        memory.cookie = first.cookie
        do {
            _ = try await session.authenticate(
                first.configuration,
                control: first.control,
                with: first.online.values.map(\.tunnel),
                leg: self.number,
                memory: &memory
            )
            guard memory.clientID == first.clientID else { throw Stranger() }
            return session
        } catch {
            session.close()
            throw error
        }
    }

    /// Has online what is online on the first leg, until the connection is over or the task is cancelled.
    private func tend(
        _ session: AgentSession,
        _ attempt: Int,
        _ events: AsyncStream<Event>,
        _ told: AsyncStream<Event>.Continuation
    ) async {
        var copy = TunnelCopy(session: session, logger: self.logger)
        var patience = Backoff()
        var generator = SystemRandomNumberGenerator()
        var isAgainComing = false
        var iterator = events.makeAsyncIterator()
        while true {
            // Without a first leg nobody knows better than this one.
            if let first = self.legs.first { await copy.follow(first.online) }
            if copy.isWhole {
                patience.reset()
            } else if !isAgainComing {
                isAgainComing = true
                self.later(patience.wait(using: &generator), told)
            }
            news: while true {
                switch await iterator.next() {
                case nil: return
                case .ended(let over): if over == attempt { return }
                case .changed: break news
                case .again:
                    isAgainComing = false
                    break news
                }
            }
        }
    }
}

extension FurtherLegs.First {
    /// `nil` where the edge has named fewer.
    fileprivate func address(ofLeg number: Int) -> HostAndPort? {
        self.addresses.indices.contains(number - 1) ? self.addresses[number - 1] : nil
    }
}
