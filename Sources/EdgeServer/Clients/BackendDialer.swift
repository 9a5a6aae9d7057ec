import EdgeCore
import Logging
import NIOCore
import Relaying

/// Opens an agent's stream for a client: to the member that was chosen, and to another one when that one's session is gone.
struct BackendDialer {
    let edge: EdgeState
    let connection: ClientConnection
    let endpoint: Endpoint<AgentSession>
    /// What the edge negotiated with the client; `nil` where it does not end TLS.
    let tls: NegotiatedTLS?
    let relay: Relay

    /// - Parameters:
    ///   - member: whom to dial; `nil` fails, since there is nobody.
    ///   - tried: those that had no session any more.
    func dial(
        _ member: Member<AgentSession>?,
        besides tried: Set<Member<AgentSession>> = [],
        on eventLoop: any EventLoop
    ) {
        guard let member else {
            self.relay.failedToStand(.upstream)
            return
        }
        let preface: StreamPreface
        do {
            preface = try StreamPreface(
                self.connection,
                endpoint: self.endpoint.configuration,
                id: member.id,
                tls: self.tls
            )
        } catch {
            self.edge.logger.error(
                "the agent's stream could not be prepared",
                metadata: ["connection.id": "\(self.connection.id)", "error.message": "\(error)"]
            )
            self.relay.failedToStand(.upstream)
            return
        }
        member.session.openStream(preface: preface, relay: self.relay.resident, for: eventLoop)
            .hop(to: eventLoop).assumeIsolated().whenComplete { result in
                switch result {
                case .success:
                    self.relay.stands(.upstream)
                case .failure(let error):
                    self.edge.logger.debug(
                        "agent took no stream",
                        metadata: ["connection.id": "\(self.connection.id)", "error.message": "\(error)"]
                    )
                    let tried = tried.union([member])
                    self.dial(self.edge.member(of: self.endpoint, besides: tried), besides: tried, on: eventLoop)
                }
            }
    }
}
