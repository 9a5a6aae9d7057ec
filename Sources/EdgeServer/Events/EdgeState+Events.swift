import EdgeAPI
import EdgeControl
import EdgeCore
import EdgeEvents
import Logging
import ProgramKit

extension EdgeState {
    /// Tells of a change of the control plane, and has later events go where it says.
    ///
    /// That goes by the subscriptions of before: whoever watches is told of the change that ends the watching.
    ///
    /// - Parameter author: `nil` for the operator's file.
    func tell(of transition: ControlTransition, by author: ChangeAuthor?) {
        let changes = AuditedChange.all(
            of: transition.change,
            from: transition.before,
            to: transition.after,
            live: self.live,
            baseURI: author?.baseURI ?? self.configuration.api?.publicURL
        )
        let principal = author.map { Principal($0) }
        for change in changes {
            self.events.publish(
                .audit(
                    change.subject,
                    change.change,
                    id: RandomText.identifier(prefix: "ev"),
                    at: .now,
                    accountID: change.accountID,
                    by: principal,
                    object: change.object
                )
            )
        }
        if transition.change.isAboutEvents { self.route(transition.after) }
    }

    /// Has what is published from now on go by the subscriptions of this state.
    func route(_ state: ControlState) {
        let compiler = SubscriptionCompiler(reach: self.configuration.eventsReach.reach, logger: self.logger)
        do throws(Complaint) {
            try self.events.replace(subscriptions: compiler.subscriptions(of: state))
        } catch {
            // Only a file could be out of order, and subscriptions lead to none.
            self.logger.error(
                "subscriptions stay as they were",
                metadata: ["error.message": "\(error.message)"]
            )
        }
    }
}

extension ObjectChange {
    /// Whether it touches where events go: filters are not compiled for every domain.
    fileprivate var isAboutEvents: Bool {
        (self.put.map(\.key) + self.delete).contains { [.eventDestination, .eventSubscription].contains($0.kind) }
    }
}

extension Principal {
    /// The edge knows no users: who a key is for is what its maker said, and otherwise it stands for itself.
    fileprivate init(_ author: ChangeAuthor) {
        let key = author.key
        self.init(
            id: key.draft.ownerID ?? key.id,
            subject: key.draft.description,
            source: .api,
            credential: ResourceReference(
                id: key.id,
                uri: ObjectAddress.apiKey(key.id, below: author.baseURI)
            )
        )
    }
}
