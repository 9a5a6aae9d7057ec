import AgentClient
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at every SIGHUP, and keeps the tunnels online that it has by then.
struct ReloadOnHangup: Service {
    let wanted: WantedTunnels
    let read: @Sendable () throws -> [Tunnel]
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                self.wanted.replace(with: try self.read())
                self.logger.info("configuration read again")
            } catch {
                self.logger.error(
                    "configuration cannot be read again, and nothing has changed",
                    metadata: ["error": "\(error)"]
                )
            }
        }
    }
}
