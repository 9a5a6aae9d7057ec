import AgentProtocol
import EdgeCore
import Logging
import MuxadoChannel
import NIOCore

/// Answers an agent's requests: one JSON value in, one out.
struct RequestAnswerer {
    let session: AgentSession
    var edge: EdgeState { self.session.edge }

    struct Answer {
        let text: [UInt8]
        var endsSession = false
    }

    init(session: AgentSession) {
        self.session = session
    }

    /// Whoever has not said who it is may ask where it is, and nothing else.
    func answer(_ type: StreamType, _ text: [UInt8]) -> Answer {
        var answer = self.reply(type, text)
        if self.session.identity == nil, type != .serverInfo { answer.endsSession = true }
        return answer
    }

    private func reply(_ type: StreamType, _ text: [UInt8]) -> Answer {
        switch type {
        case .auth: return self.authenticate(text)
        case .serverInfo: return Answer(text: SrvInfoResp(region: "local").encoded)
        case .bind: return Answer(text: self.bind(text).encoded)
        case .unbind: return Answer(text: self.unbind(text).encoded)
        case .startTunnelWithLabel: return Answer(text: self.start(text).encoded)
        case .patchTunnelState: return Answer(text: self.patch(text).encoded)
        default: return Answer(text: CommandResp(error: NgrokError.streamTypeUnknown(type.rawValue).text).encoded)
        }
    }
}
