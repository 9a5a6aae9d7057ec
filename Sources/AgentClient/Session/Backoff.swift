/// The time to wait before the next attempt: 0.5 s, then twice as long each time, up to 30 s, as ngrok's agents do.
///
/// Each wait is shortened by up to a half at random, so that the agents of an edge that came back do not come all at once.
struct Backoff {
    private static let first = Duration.milliseconds(500)
    private static let longest = Duration.seconds(30)
    private var next = Backoff.first

    mutating func wait(using generator: inout some RandomNumberGenerator) -> Duration {
        let wait = self.next
        self.next = min(wait * 2, Self.longest)
        return wait * Double.random(in: 0.5...1, using: &generator)
    }

    mutating func reset() {
        self.next = Self.first
    }
}
