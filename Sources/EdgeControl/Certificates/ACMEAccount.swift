/// The edge's account with a CA of which it gets certificates.
struct ACMEAccount: ControlResource {
    struct Draft: ResourceDraft {
        /// Where the CA's directory is.
        var directory = ""
        /// Empty once it is kept: the key is ``ACMEAccount/privateKeyPEM``.
        var privateKeyPEM = ""

        init() {}

        init(directory: String, privateKeyPEM: String) {
            self.directory = directory
            self.privateKeyPEM = privateKeyPEM
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case directory
            case privateKeyPEM = "private_key_pem"
        }

        static var shape: FieldShape { FieldShape(CodingKeys.self) }
    }

    static var kind: ObjectKind { .acmeAccount }
    static var idPrefix: String { "acme" }
    static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.acmeAccounts }

    let identity: ObjectIdentity
    let draft: Draft
    /// Kept apart from the rest.
    private(set) var privateKeyPEM: PrivateKeyText

    private enum CodingKeys: CodingKey {
        case identity, draft
    }

    init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: ACMEAccount?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        self.identity = identity
        self.draft = Draft(directory: draft.directory, privateKeyPEM: "")
        self.privateKeyPEM = PrivateKeyText(draft.privateKeyPEM)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.identity = try container.decode(ObjectIdentity.self, forKey: .identity)
        self.draft = try container.decode(Draft.self, forKey: .draft)
        self.privateKeyPEM = PrivateKeyText("")
    }

    var secret: [UInt8]? { Array(self.privateKeyPEM.text.utf8) }

    mutating func restore(secret: [UInt8]?) throws {
        self.privateKeyPEM = try PrivateKeyText(restoring: secret, of: ObjectKey(Self.kind, self.id))
    }
}
