import Foundation
package import Logging
import Synchronization

/// What the log says, on a screen in the place of lines: a console shows nothing that a log at `debug` would not.
package final class ConsoleLog: Sendable {
    private let state = Mutex(ConsoleState())

    package init() {}

    /// - Parameter tunnels: Those that are wanted now.
    package func screen(_ tunnels: WantedTunnels) -> ConsoleScreen {
        let upstreams = tunnels.current.map { ($0.name, "\($0.upstream)") }
        return self.state.withLock { $0.screen(upstreams: Dictionary(upstreams) { $1 }) }
    }

    /// Hears what is logged, beside the handler of the log's file if there is one.
    package var handler: any LogHandler { Handler(log: self) }

    private struct Handler: LogHandler {
        let log: ConsoleLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        init(log: ConsoleLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.log.state.withLock { state in
                state.note("\(event.message)", all.mapValues { "\($0)" }, at: Date())
            }
        }
    }
}
