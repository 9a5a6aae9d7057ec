import Logging
import ProgramKit

/// Writes events as JSON lines to a file or to standard output.
final class LineOutlet: Outlet {
    /// What may wait for a slow disk: the events of 20,000 connections (the default of `limits.connections`) that end at once,
    /// each of at most 800 bytes.
    private static let limit = 16 << 20

    private let lines: LineWriter
    private let kind: EventDestination.Kind
    private let counting: EventCounting
    private let logger: Logger
    private let ending = Bell()

    init(
        _ output: CheckedOutput,
        kind: EventDestination.Kind,
        counting: @escaping EventCounting,
        logger: Logger
    ) {
        self.kind = kind
        self.counting = counting
        self.logger = logger
        self.lines = LineWriter(
            output,
            limit: Self.limit,
            reporting: .elsewhere { news in
                switch news {
                case .failing(let error):
                    logger.error("events could not be written", metadata: ["error.message": "\(error)"])
                case .lost(let count):
                    logger.error("events were lost", metadata: ["events.lost": "\(count)"])
                case .notReopened(let complaint):
                    logger.error(
                        "events file not reopened, the old one stays",
                        metadata: ["error.message": "\(complaint.message)"]
                    )
                }
            }
        )
        self.lines.whenSettled { fate, count in
            switch fate {
            case .written: counting(.delivered(kind), count)
            case .noRoom: counting(.dropped(kind, .queueFull), count)
            case .failed: counting(.dropped(kind, .givenUp), count)
            }
        }
    }

    func take(_ event: [UInt8]) { self.lines.write(event + [UInt8(ascii: "\n")]) }

    func reopen() { self.lines.reopen() }

    /// The writer knows by itself whether its output goes on or stands still, and gives up only where it does.
    func end(within drain: Duration) { self.ending.ring() }

    func run() async {
        await self.ending.wait()
        let lost = await self.lines.finish()
        guard lost > 0 else { return }
        self.counting(.dropped(self.kind, .shutdown), lost)
        self.logger.error("events were lost", metadata: ["events.lost": "\(lost)"])
    }
}
