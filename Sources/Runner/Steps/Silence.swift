import ScenarioModel

extension Play {
    /// How long a client's open connection was left alone at most, beyond what the play's own waits take: on a busy machine the
    /// steps between may be so slow that a target's idle limit comes first, which is then no fault of the target's.
    ///
    /// - Returns: milliseconds.
    func longestSilence(in observations: [StepObservation]) -> Double {
        let times = Dictionary(observations.map { ($0.number, $0) }) { first, _ in first }
        var since: [String: Double] = [:]
        var longest = 0.0
        for planned in self.plan.joined() {
            guard let time = times[planned.number] else { continue }
            switch planned.step.action {
            case .wait(let milliseconds):
                since = since.mapValues { $0 + Double(milliseconds) }
            case .open(let name):
                since[name] = time.ended
            case .say(let name, _), .hear(let name, _), .end(let name), .reset(let name):
                if let last = since[name] { longest = max(longest, time.began - last) }
                since[name] = planned.step.action.closes ? nil : time.ended
            case .connect, .agent, .target, .api, .told:
                break
            }
        }
        return longest
    }
}
