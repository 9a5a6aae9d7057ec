package import NIOCore

/// Takes nothing more from an agent while it is shut: what comes waits in the agent's own socket then. Next to the transport.
package final class AgentIntake: ChannelOutboundHandler {
    package typealias OutboundIn = ByteBuffer

    private var context: ChannelHandlerContext?
    private var isOpen = true
    /// Something wants to be read as soon as it is open.
    private var isAsked = false

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func read(context: ChannelHandlerContext) {
        if self.isOpen { context.read() } else { self.isAsked = true }
    }

    package func shut() { self.isOpen = false }

    package func open() {
        self.isOpen = true
        guard self.isAsked else { return }
        self.isAsked = false
        self.context?.read()
    }
}
