import MuxadoChannel
import SSHGateway

/// The way to an agent, or to what stands in its place.
enum AgentLink: Sendable {
    case muxado(MuxadoHandler)
    case ssh(SSHConnection)
}
