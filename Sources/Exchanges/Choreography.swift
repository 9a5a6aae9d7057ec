package import ScenarioModel

/// One exchange, with both its halves: who says what, and when.
///
/// Each half returns whether the exchange came to its proper end on its side: every byte was right, none was missing and none
/// too many, and the connection ended as it should. Whether a close_notify came before a FIN is in the observation for the
/// checks to judge.
package protocol Choreography: Sendable {
    func client(_ party: Party) async throws -> Bool
    func upstream(_ party: Party) async throws -> Bool
}

extension Exchange {
    package var choreography: any Choreography {
        switch self {
        case .echo: Echo()
        case .wait: Wait()
        case .transfer(let up, let down): Transfer(up: up, down: down)
        case .clientHalfClose: ClientHalfClose()
        case .upstreamHalfClose: UpstreamHalfClose()
        case .upstreamFirst: UpstreamFirst()
        case .clientCloses: ClientCloses()
        case .upstreamCloses: UpstreamCloses()
        case .upstreamResets: UpstreamResets()
        case .upstreamTruncates: UpstreamTruncates()
        case .clientResets: ClientResets()
        case .breach(let breach): Breached(breach: breach)
        case .idle: Idle()
        case .clientHalfOpen: ClientHalfOpen()
        case .upstreamHalfOpen: UpstreamHalfOpen()
        // Without a play nobody gives orders.
        case .dialogue: Dialogue(orders: Orders())
        case .request: Request()
        }
    }
}
