import Exchanges
import ScenarioModel

/// What the connections of the case that is played will say, as far as an upstream must know it.
struct UpstreamScript: Sendable {
    let nonces: [String]
    private let exchanges: [Exchange]

    init(nonces: [String] = [], exchanges: [Exchange] = []) {
        self.nonces = nonces
        self.exchanges = exchanges
    }

    /// What this connection is about. Where they differ its first line tells; whoever speaks first is alone in its case.
    func exchange(of conversation: Conversation) async -> Exchange? {
        guard let first = self.exchanges.first, self.exchanges.contains(where: { $0 != first }) else {
            return self.exchanges.first
        }
        guard let line = await conversation.peekLine(), case .nonce(let nonce)? = ConnectionMark.nonce(inside: line),
            let place = self.nonces.firstIndex(of: nonce), place < self.exchanges.count
        else { return nil }
        return self.exchanges[place]
    }
}
