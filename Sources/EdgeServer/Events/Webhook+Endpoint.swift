import ConfigurationFiles
import EdgeControl
import EdgeEvents
import ProgramKit

extension Webhook {
    /// - Throws: where no event could be sent there.
    init(_ endpoint: EventEndpoint, reach: Reach) throws(ControlError) {
        do throws(Complaint) {
            try self.init(
                url: Secret(endpoint.url),
                headers: endpoint.header.map { [Header($0.name, Secret($0.value.text))] } ?? [],
                trust: .system,
                reach: reach
            )
        } catch {
            let advice = error.hint.map { ": \($0)" } ?? ""
            throw ControlError(code: nil, "Nothing can be sent there: \(error.message)\(advice).", field: "target")
        }
        guard !self.isOutOfReach else {
            throw ControlError(
                code: nil,
                "This edge sends events to public addresses alone, and that of the webhook is none.",
                field: "target"
            )
        }
    }
}
