import AgentProtocol
import SSHGateway

extension AgentSession {
    /// Does at once what can be done without an agent, which is to end.
    ///
    /// - Throws: ERR_NGROK_1121 and 1122 for what an SSH client cannot.
    func perform(_ command: AgentCommand, by connection: SSHConnection) throws(NgrokError) {
        switch command {
        case .stop: self.close("The session was stopped from the edge's API.")
        case .restart: throw .sshRestartUnsupported
        case .update: throw .sshUpdateUnsupported
        }
    }
}
