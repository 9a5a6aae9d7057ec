import EdgeCore
package import Logging
package import ProgramKit
import ServiceLifecycle
import Synchronization

/// The one writer of the events file: JSON lines, in batches of whatever has come since the last write.
package final class EventWriter: Service {
    private let output: CheckedOutput
    private let logger: Logger
    private let waiting = Mutex<[String]>([])
    private let wake: AsyncStream<Void>.Continuation
    private let wakeups: AsyncStream<Void>

    /// - Throws: when the file cannot be opened for appending.
    package init(_ destination: EdgeConfiguration.EventsDestination, logger: Logger) throws(Complaint) {
        self.output =
            switch destination {
            case .standardOutput: .standardOutput
            case .file(let path): try CheckedOutput(appendingTo: path)
            }
        self.logger = logger
        // One wake-up stands for any number of events.
        (self.wakeups, self.wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// From any thread; never waits for the disk.
    func publish(_ event: ConnectionClosedEvent) {
        self.waiting.withLock { $0.append(event.jsonLine) }
        self.wake.yield()
    }

    /// Writes until the graceful shutdown or ``finish()``, and what is waiting then.
    ///
    /// A group shuts its services down backwards, so that the one which publishes has ended before this one does. A
    /// service that ends before its turn counts as one that failed.
    package func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in self.wakeups { self.writeWaiting() }
        } onGracefulShutdown: {
            self.finish()
        }
        self.writeWaiting()
    }

    /// Nothing is published any more.
    package func finish() { self.wake.finish() }

    private func writeWaiting() {
        let lines = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !lines.isEmpty else { return }
        do {
            try self.output.write(lines.joined(separator: "\n") + "\n")
        } catch {
            self.logger.error(
                "events could not be written",
                metadata: ["events.lost": "\(lines.count)", "error.message": "\(error)"]
            )
        }
    }
}
