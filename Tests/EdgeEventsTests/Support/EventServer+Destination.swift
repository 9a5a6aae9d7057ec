import ConfigurationFiles
import EdgeEvents
import EventTesting

extension EventServer {
    func destination(
        _ id: String = "ed_1",
        headers: [Webhook.Header] = [],
        trust: Webhook.Trust = .system,
        reach: Webhook.Reach = .anywhere
    ) throws -> EventDestination {
        EventDestination(
            id: id,
            target: .webhook(try Webhook(url: Secret(self.url), headers: headers, trust: trust, reach: reach))
        )
    }
}
