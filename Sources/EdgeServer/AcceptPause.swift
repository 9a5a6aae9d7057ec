import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Stops accepting for a moment when there is no descriptor left for a connection. In the pipeline of a listener.
///
/// The connection stays with the kernel and makes the listener readable at once again: without a pause a core would do
/// nothing but fail to accept it.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let pause = TimeAmount.milliseconds(50)
    /// Half a minute of it is one line.
    private static let silence = TimeAmount.seconds(30)

    private let edge: EdgeState
    private var isPaused = false
    private var saidAt: NIODeadline?

    init(edge: EdgeState) {
        self.edge = edge
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        guard !self.isPaused else { return }
        self.isPaused = true
        self.edge.metrics.met(.openFiles)
        self.say(error, now: context.eventLoop.now)
        let options = context.channel.syncOptions
        try? options?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            try? options?.setOption(.autoRead, value: true)
        }
    }

    private func say(_ error: IOError, now: NIODeadline) {
        if let saidAt = self.saidAt, now - saidAt < Self.silence { return }
        self.saidAt = now
        self.edge.logger.warning(
            "no connection can be accepted until a file or socket is free",
            metadata: ["error.message": "\(error)", "connections.open": "\(self.edge.openClients.count)"]
        )
    }
}
