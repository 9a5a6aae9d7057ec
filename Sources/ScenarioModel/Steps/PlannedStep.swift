/// A step with its number, and the connections it is about.
package struct PlannedStep: Hashable, Sendable {
    /// `2`; of those that are done at once `2.1` and `2.2`.
    package var number: String
    package var step: Step
    /// The connections that it makes or acts on, by their place among all of the play.
    package var connections: Range<Int>

    /// `step 2 (hear first)`
    package var title: String { "step \(self.number) (\(self.step.action))" }
}

extension Play {
    /// The steps of each moment.
    package var plan: [[PlannedStep]] {
        var count = 0
        var open: [String: Range<Int>] = [:]
        return self.moments.enumerated().map { index, steps in
            steps.enumerated().map { place, step in
                let number = steps.count == 1 ? "\(index + 1)" : "\(index + 1).\(place + 1)"
                guard let name = step.action.player else {
                    return PlannedStep(number: number, step: step, connections: count..<count)
                }
                if step.action.connects {
                    let connections = count..<(count + self.player(name).count)
                    count = connections.upperBound
                    if case .open = step.action { open[name] = connections }
                    return PlannedStep(number: number, step: step, connections: connections)
                }
                return PlannedStep(number: number, step: step, connections: open[name] ?? count..<count)
            }
        }
    }

    /// What each connection of the play says, in their order.
    package var exchanges: [Exchange] {
        self.plan.flatMap(\.self).flatMap { planned -> [Exchange] in
            switch planned.step.action {
            case .connect(_, let exchange): Array(repeating: exchange, count: planned.connections.count)
            case .open: Array(repeating: .dialogue, count: planned.connections.count)
            case .say, .hear, .end, .reset, .wait, .agent, .target, .api, .told: []
            }
        }
    }

    /// Whether the step makes a connection that offers an earlier one's session.
    package func isToResume(_ step: Step) -> Bool {
        step.action.connects && step.action.player.map { self.player($0).resumes != nil } ?? false
    }

    package func player(_ name: String) -> Player {
        guard let player = self.players.first(where: { $0.name == name }) else {
            preconditionFailure("a step of \(name), who is nobody: files with such steps are refused")
        }
        return player
    }
}

extension Case {
    /// The plans of all clients.
    package var clientPlans: [ClientPlan] { self.play?.players.map(\.plan) ?? [self.client] }

    /// What each connection says, in the order of their beginnings.
    package var exchanges: [Exchange] { self.play?.exchanges ?? [self.exchange] }

    /// One connection of a play, as a case of its own: what is contradictory, and what holds, is asked of each alone.
    package func scene(of step: Step) -> Case {
        var scene = self
        scene.play = nil
        scene.exchange = if case .connect(_, let exchange) = step.action { exchange } else { .dialogue }
        if let name = step.action.player, let player = self.play?.player(name) { scene.client = player.plan }
        scene.expectation = step.expectation ?? GradedExpectation(strict: [])
        return scene
    }
}

extension GradedExpectation {
    /// What several expect, in one: what a case of them may see at all.
    package init(all: [GradedExpectation]) {
        self.init(
            strict: all.flatMap(\.strict),
            lenient: all.flatMap(\.lenient),
            tolerated: all.flatMap(\.tolerated),
            never: all.flatMap(\.never).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        )
    }
}
