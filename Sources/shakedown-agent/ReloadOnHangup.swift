import AgentClient
import Logging
import ProgramKit
import ServiceLifecycle
import UnixSignals

/// Opens the log's file anew at every SIGHUP, reads the configuration again, and keeps the tunnels online that it has by then.
struct ReloadOnHangup: Service {
    let wanted: WantedTunnels
    let read: @Sendable () throws -> [Tunnel]
    let log: LineWriter
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            // First, so that the new file says what became of the configuration.
            self.log.reopen()
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
