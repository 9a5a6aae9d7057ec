import ScenarioModel

/// A run's cases in groups that a target serves at once. Each wave has upstreams of its own and its own start of the target,
/// so that ports, files and start-up stay bounded however long the catalogue grows.
enum Waves {
    /// The whole catalogue of today is one wave.
    static let largest = 2_500

    /// Cases are dealt out like cards: what waits, what is heavy and what has an agent of its own is spread evenly, so that
    /// each wave has something to do while its longest case waits.
    static func split(_ cases: [Case], largest: Int = Self.largest) -> [[Case]] {
        let count = (cases.count + largest - 1) / largest
        return (0..<count).map { wave in
            stride(from: wave, to: cases.count, by: count).map { cases[$0] }
        }
    }
}
