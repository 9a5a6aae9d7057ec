/// That an entry of the configuration has been put in, and in which version.
struct SeedMark: ControlResource {
    struct Draft: ResourceDraft {
        /// The entry, as the file's reader calls it.
        var name = ""
        var kind = ""
        var objectID = ""
        /// Of everything that the entry said.
        var digest = ""

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, kind, digest
            case objectID = "object_id"
        }

        static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    static var kind: ObjectKind { .seed }
    static var idPrefix: String { "seed" }
    static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.seeds }

    let identity: ObjectIdentity
    let draft: Draft

    init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: SeedMark?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        self.identity = identity
        self.draft = draft
    }

    /// `nil` for an object of a kind that this edge does not know.
    var objectKey: ObjectKey? { ObjectKind(rawValue: self.draft.kind).map { ObjectKey($0, self.draft.objectID) } }
}
