/// An event that the target's API was asked to send to the harness's webhook: what stands where in it.
package struct ToldEvent: Hashable, Sendable, Codable {
    package var fields: [APICall.Field]
    package init(fields: [APICall.Field]) { self.fields = fields }
}
