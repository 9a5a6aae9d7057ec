import EdgeServer
import ProgramKit
import ServiceLifecycle
import UnixSignals

/// Opens the files of log and events anew at every SIGHUP, and reads the certificates again.
struct ReloadOnHangup: Service {
    let edge: Edge
    let events: EventWriter?
    let log: LineWriter

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            // First, so that the new file says what became of the certificates.
            self.log.reopen()
            self.events?.reopen()
            self.edge.reload()
        }
    }
}
