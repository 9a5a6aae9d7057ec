import EdgeEvents
import EdgeServer
import ProgramKit
import ServiceLifecycle
import UnixSignals

/// Opens the files of log and events anew at every SIGHUP, and reads the configuration and its certificates again.
struct ReloadOnHangup: Service {
    let edge: Edge
    let log: LineWriter
    /// Reads the configuration again.
    let reread: @Sendable () throws -> EdgeConfiguration

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            // First, so that the new file says what became of the configuration.
            self.log.reopen()
            self.edge.events.reopen()
            self.edge.reload(self.reread)
        }
    }
}
