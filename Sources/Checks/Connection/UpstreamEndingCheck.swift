import ScenarioModel
import Verdicts

extension Evidence {
    /// How the connection of the route's upstream ended. What a client's end comes to there tells whether the upstream may
    /// take what it got for all there is.
    func check(upstreamEndings expectation: Expectation) -> CheckResult {
        let connection = self.connection(of: expectation)
        let seen = connection.flatMap(Self.upstreamEnding)
        let observed =
            connection == nil
            ? "no upstream connection" : seen.map(Self.words) ?? "the upstream ended it before anybody else did"
        return CheckResult(
            check: "upstream-ending",
            expected: Self.either(expectation.upstreamEndings.map(Self.words)),
            observed: observed,
            holds: seen.map(expectation.upstreamEndings.contains) ?? false
        )
    }

    /// `nil` where the upstream itself was the first to close.
    private static func upstreamEnding(_ connection: UpstreamConnection) -> Expectation.UpstreamEnding? {
        switch connection.leg.ending {
        case .stillOpen: return .open
        case .closedByUs, .refused: return nil
        case .fin, .reset:
            // What has been said counts, whether FIN or a reset follows.
            if connection.handshake?.closeNotifyReceived == true { return .inOrder }
            if connection.leg.ending == .reset { return .reset }
            return connection.handshake == nil ? .inOrder : .truncated
        }
    }

    private static func words(_ ending: Expectation.UpstreamEnding) -> String {
        switch ending {
        case .inOrder: "an end in order at the upstream"
        case .truncated: "FIN without close_notify at the upstream"
        case .reset: "a reset at the upstream"
        case .open: "still open at the upstream"
        }
    }
}
