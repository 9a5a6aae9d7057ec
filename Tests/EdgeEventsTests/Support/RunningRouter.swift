import EdgeEvents
import LogTesting
import Logging

extension EventRouter {
    /// One that counts, and whose log a test can read.
    static func test(
        _ destinations: [EventDestination] = [],
        settings: Settings = Settings(),
        tally: Tally = Tally(),
        log: LineRecorder = LineRecorder(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws -> EventRouter {
        try EventRouter(
            destinations,
            settings: settings,
            counting: tally.counting,
            logger: log.logger(.trace),
            clock: clock
        )
    }
}
