package import EdgeCore
package import JSONText

/// Something that happened at the edge, as it is told to whoever has subscribed to it.
///
/// The envelope is ngrok's, so that what reads ngrok's events reads these.
package struct EdgeEvent: Hashable, Sendable {
    /// `ev_…`, the same wherever and however often the event is delivered.
    package let id: String
    package let type: EventTypeName
    package let timestamp: Timestamp
    /// `ac_…`, whose event it is.
    package let accountID: String
    /// Who did it; `nil` for what was nobody's doing, such as a connection's end.
    package let principal: Principal?
    /// What a filter sees as `ev`.
    package let object: JSONValue

    package init(
        id: String,
        type: EventTypeName,
        timestamp: Timestamp,
        accountID: String,
        principal: Principal?,
        object: JSONValue
    ) {
        self.id = id
        self.type = type
        self.timestamp = timestamp
        self.accountID = accountID
        self.principal = principal
        self.object = object
    }

    /// The whole event in its envelope: one line, without the line feed.
    package var encoded: [UInt8] { self.encoded(.everything) }

    /// The same with what a subscription has chosen of the object.
    package func encoded(_ fields: FieldSelection) -> [UInt8] {
        JSONValue.object([
            .init("event_id", .string(self.id)),
            .init("event_type", .string(self.type.rawValue)),
            .init("event_timestamp", .string(self.timestamp.description)),
            .init("account_id", .string(self.accountID)),
            .init("principal", self.principal?.json ?? .null),
            .init("object", fields.chosen(of: self.object)),
        ]).encoded
    }
}
