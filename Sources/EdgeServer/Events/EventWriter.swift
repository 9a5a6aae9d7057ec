import EdgeCore
package import Logging
package import ProgramKit
import ServiceLifecycle

/// The one writer of the events file: JSON lines.
package final class EventWriter: Service {
    /// What may wait for a slow disk: the events of 20,000 connections (the default of `limits.connections`) that end at once,
    /// each of at most 800 bytes.
    private static let limit = 16 << 20

    private let lines: LineWriter
    private let logger: Logger

    /// - Throws: when the file cannot be opened for appending.
    package init(_ destination: EdgeConfiguration.EventsDestination, logger: Logger) throws(Complaint) {
        let output =
            switch destination {
            case .standardOutput: CheckedOutput.standardOutput
            case .file(let path): try CheckedOutput(appendingTo: path)
            }
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
    }

    /// From any thread; never waits for the disk.
    func publish(_ event: ConnectionClosedEvent) { self.lines.write(event.jsonLine + "\n") }

    /// Calls this with the number of events whenever some are lost.
    func whenLost(_ count: @escaping @Sendable (Int) -> Void) { self.lines.whenLost(count) }

    /// Has later events written to the file that has the configured name by then: the old one may have been renamed.
    package func reopen() { self.lines.reopen() }

    /// Stays until the graceful shutdown, and until what is waiting then is written.
    ///
    /// A group shuts its services down backwards, so that the one which publishes has ended before this one does. A
    /// service that ends before its turn counts as one that failed.
    package func run() async throws {
        // Where it is cancelled instead, its events are written all the same.
        try? await gracefulShutdown()
        await self.finish()
    }

    /// Nothing is published any more, and what waits is written.
    package func finish() async {
        let lost = await self.lines.finish()
        guard lost > 0 else { return }
        self.logger.error("events were lost", metadata: ["events.lost": "\(lost)"])
    }
}
