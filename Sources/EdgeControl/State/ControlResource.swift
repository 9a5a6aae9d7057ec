/// An object of the control plane: what its owner asked for, checked, and what the edge knows besides.
package protocol ControlResource: Codable, Hashable, Sendable {
    /// What its owner asked for, by ngrok's field names.
    associatedtype Draft: ResourceDraft

    static var kind: ObjectKind { get }
    /// What ids start with, without the underscore.
    static var idPrefix: String { get }
    static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { get }

    var identity: ObjectIdentity { get }
    var draft: Draft { get }
    /// Ids of the objects that must be there as long as this one is.
    var references: Set<String> { get }

    /// Checks a draft against everything else.
    ///
    /// - Parameter former: What the object was until now; `nil` for a new one.
    init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: Self?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError)

    static func notFound(_ id: String) -> ControlError
    static func inUse(_ id: String, by user: String) -> ControlError
    /// What needs this object to be there, as people call it.
    func users(in state: ControlState) -> [String]

    /// Whether the object could be where it was before, as far as names go.
    func isVacant(in state: ControlState) -> Bool

    /// What goes with the object: it is deleted when the object is.
    func dependents(in state: ControlState) -> [ObjectKey]

    /// What must not lie in the open where the object is kept.
    var secret: [UInt8]? { get }
    mutating func restore(secret: [UInt8]?) throws

    /// Called when the object comes and goes, for what is looked up by other things than ids.
    func enter(_ indices: inout ControlIndices)
    func leave(_ indices: inout ControlIndices)
}

extension ControlResource {
    package var id: String { self.identity.id }
    package var accountID: String { self.identity.accountID }
    package var references: Set<String> { [] }

    package static func notFound(_ id: String) -> ControlError { .notFound(Self.kind.title, id: id) }

    /// ngrok has a number for some kinds.
    package static func inUse(_ id: String, by user: String) -> ControlError {
        .inUse(Self.kind.title, id: id, by: user, code: nil)
    }

    package func users(in state: ControlState) -> [String] { state.users(of: self.id) }
    package func isVacant(in state: ControlState) -> Bool { true }
    package func dependents(in state: ControlState) -> [ObjectKey] { [] }
    package var secret: [UInt8]? { nil }
    package mutating func restore(secret: [UInt8]?) throws {}
    package func enter(_ indices: inout ControlIndices) {}
    package func leave(_ indices: inout ControlIndices) {}
}

/// What the owner of an object asks for. Without a change it is a request that gives no field.
package protocol ResourceDraft: Codable, Hashable, Sendable {
    init()
    /// The fields a request may have.
    static var shape: FieldShape { get }
    /// Those that only a new object's request may have.
    static var fixedFields: Set<String> { get }
    /// ngrok's number for an update without any field; `nil` where it has none, and such an update changes nothing.
    static var emptyUpdateCode: Int? { get }
}

extension ResourceDraft {
    package static var fixedFields: Set<String> { [] }
    package static var emptyUpdateCode: Int? { nil }
}
