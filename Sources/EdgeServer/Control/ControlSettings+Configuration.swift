import AgentProtocol
import EdgeControl
import EdgeEvents
import TrafficPolicy

extension ControlSettings {
    /// What this edge can do about policies and events: everything that is kept can be carried out.
    init(_ configuration: EdgeConfiguration) {
        let reach = configuration.eventsReach.reach
        self.init(
            baseDomains: configuration.baseDomains,
            checkTrafficPolicy: { text, lowest throws(ControlError) in
                try EdgeState.check(trafficPolicy: text, lowestVersion: lowest)
            },
            checkEventFilter: { text throws(ControlError) in
                do throws(NgrokError) {
                    _ = try EventFilter(text)
                } catch {
                    throw ControlError(error, field: "sources.filter")
                }
            },
            checkEventEndpoint: { endpoint throws(ControlError) in _ = try Webhook(endpoint, reach: reach) },
            getsCertificates: configuration.acme != nil
        )
    }
}
