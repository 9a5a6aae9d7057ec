import AgentProtocol

extension Tunnel {
    /// What the edge is told so that the tunnel takes the place of one that is online; empty where it need not hear of it, and `nil`
    /// where it must be asked for anew.
    func patch(of online: SessionMemory.Online) -> PatchTunnelState? {
        guard case .bound(let response) = online.answer, var before = online.tunnel.bind, let now = self.bind else {
            return self.request == online.tunnel.request ? PatchTunnelState(tunnelID: online.id) : nil
        }
        // ngrok's agents name it by this one, and older edges have none.
        let tunnelID = response.extra.tunnelID
        var patch = PatchTunnelState(tunnelID: tunnelID.isEmpty ? response.id : tunnelID)
        patch.name = before.extra.change(\.name, to: now)
        patch.description = before.extra.change(\.description, to: now)
        patch.metadata = before.extra.change(\.metadata, to: now)
        return before == now ? patch : nil
    }
}

extension Bind.Extra {
    /// Puts the text of another bind into its place; `nil` when it is there already.
    fileprivate mutating func change(_ text: WritableKeyPath<Bind.Extra, String>, to other: Bind) -> String? {
        guard self[keyPath: text] != other.extra[keyPath: text] else { return nil }
        self[keyPath: text] = other.extra[keyPath: text]
        return self[keyPath: text]
    }
}

extension PatchTunnelState {
    /// It changes nothing.
    var isEmpty: Bool { self == PatchTunnelState(tunnelID: self.tunnelID) }
}
