import Dispatch
import Foundation
import ProgramKit
import Synchronization

/// Ctrl-C, SIGTERM and the end of the terminal (SIGHUP).
///
/// The first cancels the run, which then stops its programs and writes what it has. The second leaves at once: what is
/// known is written, keys and programs go. The third ends the process hard; programs then end with their supervisors,
/// and the next run removes the keys.
final class Interruption: Sendable {
    private let count = Mutex(0)
    /// Takes signals even when every thread of the run is stuck.
    private let queue = DispatchQueue(label: "shakedown.signals")

    /// - Parameters:
    ///   - leave: what the second signal does before the process ends; called on a thread of its own.
    ///   - body: what the first one cancels.
    func observe<Result: Sendable>(
        leave: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await body() }
        let sources = Self.signals.map { number -> any DispatchSourceSignal in
            let source = DispatchSource.makeSignalSource(signal: number, queue: self.queue)
            source.setEventHandler {
                switch self.next() {
                case 1:
                    task.cancel()
                    Self.apart { StandardStreams.say("\nshakedown: stopping; once more to leave at once\n") }
                case 2:
                    Self.apart {
                        leave()
                        _exit(128 + number)
                    }
                default: _exit(128 + number)
                }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }

    private func next() -> Int {
        self.count.withLock {
            $0 += 1
            return $0
        }
    }

    /// On a thread of its own, since the terminal, or the disk, may be what hangs.
    private static func apart(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread(body)
    }

    /// The signals to heed, which no longer end the process. `nohup` starts programs with SIGHUP ignored, and that stays.
    private static var signals: [Int32] {
        // A pointer of value 1 is SIG_IGN; only its number is looked at.
        let before = signal(SIGHUP, SIG_IGN)
        let isIgnored = unsafe unsafeBitCast(before, to: Int.self) == 1
        for number in [SIGINT, SIGTERM] { signal(number, SIG_IGN) }
        return [SIGINT, SIGTERM] + (isIgnored ? [] : [SIGHUP])
    }
}
