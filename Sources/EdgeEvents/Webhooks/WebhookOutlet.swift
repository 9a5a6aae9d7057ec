import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ProgramKit
import Synchronization

/// Sends events to one webhook, one request at a time.
final class WebhookOutlet<WaitingClock: Clock>: Outlet where WaitingClock.Duration == Duration {
    private let id: String
    private let webhook: Webhook
    private let settings: WebhookSettings
    private let counting: EventCounting
    private let logger: Logger
    private let clock: WaitingClock
    private let origin: WaitingClock.Instant
    private let queue: Mutex<WebhookQueue>
    /// Something came, or nothing comes any more.
    private let news = Bell()
    private let ending = Bell()

    init(
        _ webhook: Webhook,
        id: String,
        settings: WebhookSettings,
        counting: @escaping EventCounting,
        logger: Logger,
        clock: WaitingClock
    ) {
        self.id = id
        self.webhook = webhook
        self.settings = settings
        self.counting = counting
        self.logger = logger
        self.clock = clock
        self.origin = clock.now
        self.queue = Mutex(WebhookQueue(limits: settings.limits, retrying: settings.retrying))
    }

    private var now: Duration { self.origin.duration(to: self.clock.now) }

    // MARK: What comes

    func take(_ event: [UInt8]) {
        let now = self.now
        if self.queue.withLock({ $0.append(event, now: now) }) {
            self.news.ring()
        } else {
            self.counting(.dropped(.webhook, .queueFull), 1)
        }
    }

    func reopen() {}

    func end(within drain: Duration) {
        let deadline = self.now + drain
        self.queue.withLock { $0.end(by: deadline) }
        self.news.ring()
        self.ending.ring()
    }

    // MARK: What becomes of it

    func run() async {
        let client = HTTPClient(configuration: self.webhook.clientConfiguration(connecting: self.settings.connecting))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliver(with: client) }
            group.addTask {
                await self.ending.wait()
                // Cut short by being cancelled, when nothing is left to deliver.
                if let deadline = self.queue.withLock({ $0.deadline }) {
                    try? await self.clock.sleep(for: deadline - self.now)
                }
            }
            await group.next()
            group.cancelAll()
        }
        let (left, gap) = self.queue.withLock { ($0.count, $0.gap()) }
        if left > 0 { self.counting(.dropped(.webhook, .shutdown), left) }
        self.tell(lost: left + gap)
        // Not waited for: a connection that does not come about is given up by its own deadline, and by nothing else.
        let metadata = self.metadata([:])
        client.shutdown().whenFailure { [logger] error in
            logger.debug("a client was not shut down", metadata: metadata.merging(["error.message": "\(error)"]) { $1 })
        }
    }

    private func deliver(with client: HTTPClient) async {
        var trouble = Trouble()
        while !Task.isCancelled {
            let now = self.now
            switch self.queue.withLock({ $0.next(now: now) }) {
            case .send(let events, let isRepeated):
                if isRepeated { self.counting(.retried(.webhook), events.count) }
                guard let answer = await self.send(events, with: client) else { return }
                self.settle(answer, &trouble)
            case .giveUp(let count): self.lose(count, &trouble)
            // Cut short by being cancelled, which the loop sees.
            case .pause(let wait): try? await self.clock.sleep(for: wait)
            case .wait: await self.news.wait()
            case .end: return
            }
            self.tell(lost: self.queue.withLock { $0.gap() })
        }
    }

    private func tell(lost: Int) {
        guard lost > 0 else { return }
        self.logger.warning("events were lost", metadata: self.metadata(["events.lost": "\(lost)"]))
    }

    private func settle(_ answer: Answer, _ trouble: inout Trouble) {
        let now = self.now
        var generator = SystemRandomNumberGenerator()
        let count = self.queue.withLock { $0.settle(answer.kind, now: now, using: &generator) }
        guard case .taken = answer.kind else {
            if !trouble.isKnown {
                self.logger.warning(
                    "events are not taken",
                    metadata: self.metadata(["error.message": "\(answer.reason)"])
                )
            }
            trouble.isKnown = true
            return self.lose(count, &trouble)
        }
        self.counting(.delivered(.webhook), count)
        if trouble.isKnown {
            self.logger.info("events are taken again", metadata: self.metadata(["events.lost": "\(trouble.lost)"]))
        }
        trouble = Trouble()
    }

    private func lose(_ count: Int, _ trouble: inout Trouble) {
        guard count > 0 else { return }
        trouble.lost += count
        self.counting(.dropped(.webhook, .givenUp), count)
    }

    private func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        [
            "destination.id": "\(self.id)", "destination.origin": "\(self.webhook.origin)",
        ].merging(more) { $1 }
    }

    // MARK: One request

    /// `nil` where it was cancelled.
    private func send(_ events: [[UInt8]], with client: HTTPClient) async -> Answer? {
        do {
            let response = try await client.execute(
                self.webhook.request(with: Webhook.body(of: events)),
                deadline: .now() + TimeAmount(self.settings.answering)
            )
            let answer = Answer(response)
            await self.discard(response.body)
            return answer
        } catch {
            return Task.isCancelled ? nil : Answer(error)
        }
    }

    /// Reads what nobody wants to know, so that the connection can be used again: little, and not for long.
    private func discard(_ body: HTTPClientResponse.Body) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Of a body that fails or is too long the connection is closed; the answer stays what it is.
                _ = try? await body.collect(upTo: 64 << 10)
            }
            group.addTask { try? await self.clock.sleep(for: self.settings.answering) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// How long a destination has not taken anything.
private struct Trouble {
    /// It is told once, and again when it is over: a dead destination must not fill the log.
    var isKnown = false
    var lost = 0
}

/// What a destination said, or what kept it from that.
private struct Answer {
    let kind: WebhookQueue.Answer
    let reason: String

    init(_ response: HTTPClientResponse) {
        self.reason = "status \(response.status.code)"
        self.kind =
            switch response.status.code {
            case 200..<300: .taken
            case 429, 500...:
                .failed(
                    askedFor: response.headers.first(name: "Retry-After").flatMap {
                        RetryAfter.wait($0, secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
                    }
                )
            // A redirect is not followed, and would be the same again.
            default: .refused
            }
    }

    init(_ error: any Error) {
        // Some of its errors have in them what was sent.
        self.reason = (error as? HTTPClientError)?.shortDescription ?? "\(error)"
        self.kind = error is ForbiddenAddress ? .refused : .failed(askedFor: nil)
    }
}
