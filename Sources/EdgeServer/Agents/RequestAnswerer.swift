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

    /// Whether it may take long to read. An Auth does not, and of whoever has not said who it is nothing is carried out.
    func mayTakeLong(_ type: StreamType) -> Bool {
        self.session.identity != nil && type != .auth && type != .serverInfo
    }

    /// Reads a request, from any thread, and gives what carries it out on the session's event loop.
    func read(_ type: StreamType, _ text: [UInt8]) -> @Sendable () -> Answer {
        let carry = self.carrying(type, text)
        return {
            var answer = carry()
            // Whoever has not said who it is may ask where it is, and nothing else.
            if self.session.identity == nil, type != .serverInfo { answer.endsSession = true }
            return answer
        }
    }

    private func carrying(_ type: StreamType, _ text: [UInt8]) -> @Sendable () -> Answer {
        switch type {
        case .auth: return { self.authenticate(text) }
        case .serverInfo: return { Answer(text: SrvInfoResp(region: "local").encoded) }
        case .bind:
            let bind = Result { () throws(NgrokError) in try self.readBind(text) }
            return { Answer(text: self.bind(bind)) }
        case .unbind: return { Answer(text: self.unbind(text).encoded) }
        case .startTunnelWithLabel: return { Answer(text: self.start(text).encoded) }
        case .patchTunnelState:
            let patch = Result { () throws(NgrokError) in try self.readPatch(text) }
            return { Answer(text: self.patch(patch).encoded) }
        default:
            let refusal = CommandResp(error: NgrokError.streamTypeUnknown(type.rawValue).text)
            return { Answer(text: refusal.encoded) }
        }
    }
}
