import Dispatch
import Foundation

/// Ctrl-C and SIGTERM: the first cancels the run, which then stops its programs and writes what it has; the second
/// ends the process at once.
enum Interruption {
    static func observed<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { _exit(128 + number) }
                FileHandle.standardError.write(Data("\nshakedown: stopping; once more to stop at once\n".utf8))
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }
}
