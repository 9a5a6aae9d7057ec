import ConfigurationFiles
import ScenarioModel

/// Which connections are open, step after step: nobody speaks on one that is not.
struct OpenConnections {
    let reading: Reading
    let players: [Player]
    private var open: Set<String> = []
    private var used: Set<String> = []
    /// Those who have had a connection that is over, and with it a session.
    private var past: Set<String> = []

    init(reading: Reading, players: [Player]) {
        self.reading = reading
        self.players = players
    }

    /// - Parameter nodes: where each of the moment's steps stands.
    mutating func follow(_ moment: [Step], at nodes: [YAMLNode]) {
        var busy: Set<String> = []
        for (step, node) in zip(moment, nodes) {
            guard let name = step.action.player else { continue }
            if !busy.insert(name).inserted {
                self.reading.report("'\(name)' does one thing at a time", at: node)
            }
            self.used.insert(name)
            self.follow(step, of: name, at: node)
        }
    }

    private mutating func follow(_ step: Step, of name: String, at node: YAMLNode) {
        if step.action.connects {
            self.checkSession(of: name, at: node)
            if self.open.contains(name) { self.reading.report("'\(name)' is open already", at: node) }
            if case .open = step.action {
                self.open.insert(name)
                if self.players.contains(where: { $0.name == name && $0.plan.engine == .bytes }) {
                    self.reading.report("a byte client holds no conversation; let it 'connect'", at: node)
                }
            } else {
                self.checkExchange(step, of: name, at: node)
                self.past.insert(name)
            }
        } else if !self.open.contains(name) {
            self.reading.report("'\(name)' is not open at this point; 'open: \(name)' makes it so", at: node)
        } else if step.action.closes {
            self.open.remove(name)
            self.past.insert(name)
        }
    }

    private func checkSession(of name: String, at node: YAMLNode) {
        guard let other = self.players.first(where: { $0.name == name })?.resumes else { return }
        if let player = self.players.first(where: { $0.name == other }), !player.plan.engine.can(.resumption) {
            self.reading.report("'\(other)' saves no session; it needs engine: openssl", at: node)
        }
        if !self.past.contains(other) {
            self.reading.report("'\(other)' has no session yet: a connection of it must be over", at: node)
        }
    }

    private func checkExchange(_ step: Step, of name: String, at node: YAMLNode) {
        guard case .connect(_, let exchange) = step.action,
            self.players.contains(where: { $0.name == name && $0.plan.engine == .bytes })
        else { return }
        if exchange != .wait && exchange != .idle {
            self.reading.report("a byte client holds no conversation; its exchange is wait or idle", at: node)
        }
    }

    /// What only all steps show.
    func finish(_ play: Play, at node: YAMLNode) {
        for player in self.players where !self.used.contains(player.name) {
            self.reading.report("no step is about the client '\(player.name)'", at: node)
        }
        let exchanges = Set(play.exchanges)
        if exchanges.count > 1, exchanges.contains(.upstreamFirst) || exchanges.contains(.upstreamHalfClose) {
            self.reading.report(
                "an upstream that speaks first cannot tell to whom; all must do this exchange",
                at: node
            )
        }
        self.checkEvents(play, at: node)
    }

    /// An event is put to a connection's account by its name.
    private func checkEvents(_ play: Play, at node: YAMLNode) {
        let steps = play.moments.joined().filter(\.action.connects)
        func name(of step: Step) -> String? { step.action.player.flatMap { play.player($0).plan.serverName } }
        for step in steps where step.expectation?.alternatives.contains(where: { $0.event != nil }) ?? false {
            let others = steps.filter { name(of: $0) == name(of: step) }.count
            let isCrowd = step.action.player.map { play.player($0).count > 1 } ?? false
            if others > 1 || isCrowd {
                self.reading.report("events are told apart by name, and several connections have this one", at: node)
            }
        }
    }
}
