import EdgeServer
import ServiceLifecycle
import UnixSignals

/// Reads the certificates again at every SIGHUP.
struct ReloadOnHangup: Service {
    let edge: Edge

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            self.edge.reload()
        }
    }
}
