package import Legs
package import NIOCore
package import ScenarioModel

/// A TLS client on BoringSSL, through swift-nio-ssl's handler in a channel that leads nowhere.
///
/// The server is never verified. Its first flight offers X25519MLKEM768 and so fills more than one TCP segment. What
/// swift-nio-ssl cannot tell is missing from the observation: ``HandshakeObservation/exporter`` and
/// ``HandshakeObservation/certificateWasRequested``. Alerts in the clear are read from the records; an encrypted alert that was
/// received is read from BoringSSL's error, and one that was sent is not seen.
///
/// swift-nio's embedded event loop insists on one thread, so every step runs on an event loop that was chosen once.
package final class BoringSSLSession: TLSSession {
    package private(set) var handshake = HandshakeObservation()
    private let eventLoop: any EventLoop
    private let worker: NIOLoopBoundBox<BoringSSLWorker?>

    /// - Parameter serverName: what to send as server_name: 1 to 255 bytes without NUL that are no IP address.
    package init(
        _ configuration: BoringSSLConfiguration,
        serverName: String?,
        on eventLoop: any EventLoop
    ) async throws {
        self.eventLoop = eventLoop
        let context = try configuration.context()
        self.worker = try await eventLoop.submit {
            NIOLoopBoundBox(try BoringSSLWorker(context: context, serverName: serverName), eventLoop: eventLoop)
        }.get()
    }

    deinit {
        let worker = self.worker
        self.eventLoop.execute {
            worker.value?.tearDown()
            // The last reference goes on this thread as well.
            worker.value = nil
        }
    }

    package func step(_ input: TLSInput) async -> TLSOutput {
        let worker = self.worker
        do {
            let result = try await self.eventLoop.submit {
                worker.value.map { worker in (output: worker.step(input), handshake: worker.handshake) }
            }.get()
            guard let result else { return TLSOutput(state: .failed) }
            self.handshake = result.handshake
            return result.output
        } catch {
            self.handshake.failure = "the event loop is gone: \(error)"
            return TLSOutput(state: .failed)
        }
    }
}
