import AgentProtocol
import EdgeControl
import EdgeCore
import EdgeEvents
import Logging
import TrafficPolicy

/// Makes of the subscriptions that the control plane keeps what events go by.
struct SubscriptionCompiler {
    /// Of the tenants' webhooks.
    let reach: Webhook.Reach
    let logger: Logger

    /// What cannot be compiled was kept by an edge that could: it is left out, and the log says so.
    func subscriptions(of state: ControlState) -> [EdgeEvents.EventSubscription] {
        state.eventSubscriptions.all.map { subscription in
            EdgeEvents.EventSubscription(
                id: subscription.id,
                accountID: subscription.accountID,
                sources: subscription.draft.sources.compactMap { self.source($0, of: subscription.id) },
                destinations: subscription.draft.destinationIDs.compactMap { id in
                    state.eventDestinations[id].flatMap { self.destination($0) }
                }
            )
        }
    }

    private func destination(_ destination: EdgeControl.EventDestination) -> EdgeEvents.EventDestination? {
        do throws(ControlError) {
            let webhook = try Webhook(try destination.endpoint, reach: self.reach)
            return EdgeEvents.EventDestination(id: destination.id, target: .webhook(webhook))
        } catch {
            self.logger.error(
                "event destination cannot be delivered to",
                metadata: ["destination.id": "\(destination.id)", "error.message": "\(error.message)"]
            )
            return nil
        }
    }

    private func source(_ source: EventSource, of subscriptionID: String) -> EdgeEvents.EventSubscription.Source? {
        var compiled = EdgeEvents.EventSubscription.Source(
            EventTypeName(rawValue: source.type),
            fields: FieldSelection(source.fields ?? [])
        )
        guard let text = source.filter, !text.isEmpty else { return compiled }
        do throws(NgrokError) {
            compiled.filter = try self.filter(EventFilter(text), of: subscriptionID)
            return compiled
        } catch {
            self.logger.error(
                "event filter cannot be applied, its source gets nothing",
                metadata: ["subscription.id": "\(subscriptionID)", "error.message": "\(error.message)"]
            )
            return nil
        }
    }

    private func filter(_ filter: EventFilter, of subscriptionID: String) -> @Sendable (EdgeEvent) -> Bool {
        { [logger] event in
            guard let subject = EventFilter.Subject(event.object) else { return false }
            do throws(EvaluationError) {
                return try filter.admits(subject)
            } catch {
                logger.debug(
                    "event filter has no answer",
                    metadata: [
                        "subscription.id": "\(subscriptionID)", "event.id": "\(event.id)",
                        "error.message": "\(error.message)",
                    ]
                )
                return false
            }
        }
    }
}
