package import EdgeCore
import LibCrypto

/// A chain and its key that an account has uploaded, or that the edge has got for a domain of its. It does nothing until a domain refers to it.
package struct TLSCertificate: ControlResource {
    package struct Draft: ResourceDraft {
        package var description = ""
        package var metadata = ""
        /// The server's own first, then who signed it, and so on.
        package var certificatePEM = ""
        /// Empty once it is kept: the key is ``TLSCertificate/privateKeyPEM``.
        package var privateKeyPEM = ""

        package init() {}

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, metadata
            case certificatePEM = "certificate_pem"
            case privateKeyPEM = "private_key_pem"
        }

        package static var shape: FieldShape { FieldShape(CodingKeys.self) }
        package static var fixedFields: Set<String> { ["certificate_pem", "private_key_pem"] }
    }

    package enum KeyType: String, Hashable, Codable, Sendable {
        case rsa, ecdsa, ed25519

        init(_ kind: PrivateKey.Kind) {
            switch kind {
            case .rsa: self = .rsa
            case .ecdsaP256, .ecdsaP384, .ecdsaP521: self = .ecdsa
            case .ed25519: self = .ed25519
            }
        }
    }

    package static var kind: ObjectKind { .tlsCertificate }
    package static var idPrefix: String { "cert" }
    package static var table: WritableKeyPath<ControlState, ObjectTable<Self>> { \.tlsCertificates }

    package let identity: ObjectIdentity
    package let draft: Draft
    /// Of the server's own certificate.
    package let facts: ReadCertificate
    package let keyType: KeyType
    /// When the edge itself got it; `nil` for one that was uploaded.
    package private(set) var issuedAt: Timestamp?
    /// Kept apart from the rest.
    package private(set) var privateKeyPEM: PrivateKeyText

    private enum CodingKeys: CodingKey {
        case identity, draft, facts, keyType, issuedAt
    }

    package init(
        _ draft: Draft,
        identity: ObjectIdentity,
        replacing former: TLSCertificate?,
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        try Annotations.check(draft.description, draft.metadata, codes: (1914, 1915))
        self.identity = identity
        self.issuedAt = former?.issuedAt
        if let former, draft.privateKeyPEM.isEmpty, draft.certificatePEM == former.draft.certificatePEM {
            self.draft = draft
            self.facts = former.facts
            self.keyType = former.keyType
            self.privateKeyPEM = former.privateKeyPEM
            return
        }
        let chain = try Self.chain(draft.certificatePEM)
        let key = try Self.key(draft.privateKeyPEM)
        self.facts = try ReadCertificate(chain[0], field: "certificate_pem")
        guard try Self.isKey(key, of: chain[0]) else { throw .keyOfAnother }
        self.keyType = KeyType(key.kind)
        self.privateKeyPEM = PrivateKeyText(draft.privateKeyPEM)
        var draft = draft
        draft.privateKeyPEM = ""
        self.draft = draft
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.identity = try container.decode(ObjectIdentity.self, forKey: .identity)
        self.draft = try container.decode(Draft.self, forKey: .draft)
        self.facts = try container.decode(ReadCertificate.self, forKey: .facts)
        self.keyType = try container.decode(KeyType.self, forKey: .keyType)
        self.issuedAt = try container.decodeIfPresent(Timestamp.self, forKey: .issuedAt)
        self.privateKeyPEM = PrivateKeyText("")
    }

    package var secret: [UInt8]? { Array(self.privateKeyPEM.text.utf8) }

    package mutating func restore(secret: [UInt8]?) throws {
        self.privateKeyPEM = try PrivateKeyText(restoring: secret, of: ObjectKey(Self.kind, self.id))
    }

    /// The same as one that the edge has got.
    func issued(at moment: Timestamp) -> TLSCertificate {
        var certificate = self
        certificate.issuedAt = moment
        return certificate
    }

    private static func chain(_ pem: String) throws(ControlError) -> [[UInt8]] {
        let field = "certificate_pem"
        let chain = try CertificateText.certificates(pem, field: field, missing: .certificateMissing)
        let index: Int?
        let names: [String]
        do throws(CryptoError) {
            index = try CertificateChain.firstThatDidNotSign(chain)
            names = try chain.map { der throws(CryptoError) in try CertificateDetails(der: der).subject.commonName }
        } catch {
            throw .certificateUnreadable(error.description, field)
        }
        if let index { throw .outOfOrder(names, index) }
        return chain
    }

    private static func isKey(_ key: PrivateKey, of certificate: [UInt8]) throws(ControlError) -> Bool {
        do throws(CryptoError) {
            return try key.isKey(of: certificate)
        } catch {
            throw .certificateUnreadable(error.description, "certificate_pem")
        }
    }

    private static func key(_ pem: String) throws(ControlError) -> PrivateKey {
        let field = "private_key_pem"
        let blocks = try CertificateText.blocks(pem, field: field, missing: .keyMissing)
        // Of EC keys OpenSSL writes the curve in a block of its own, before the key.
        guard let block = blocks.first(where: \.isPrivateKey) else {
            throw blocks.contains(where: \.isCertificate) ? .keyIsCertificate : .keyMissing
        }
        guard !block.isEncrypted else { throw .keyEncrypted }
        guard block.headers.isEmpty else { throw .headers(field) }
        do throws(CryptoError) {
            return try PrivateKey(der: block.contents)
        } catch {
            throw .keyUnreadable
        }
    }
}

/// A private key in PEM. It does not print.
package struct PrivateKeyText: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let text: String

    init(_ text: String) {
        self.text = text
    }

    /// What was kept as an object's secret.
    init(restoring secret: [UInt8]?, of key: ObjectKey) throws(RecordError) {
        guard let secret, let text = String(validating: secret, as: UTF8.self) else {
            throw RecordError(key: key, detail: "its private key is missing")
        }
        self.text = text
    }

    package var description: String { "PrivateKeyText(redacted)" }
    package var debugDescription: String { self.description }
}

extension ControlError {
    fileprivate static let keyMissing = ControlError(
        code: 1901,
        "There is no private key in PEM form.",
        field: "private_key_pem"
    )
    fileprivate static let keyEncrypted = ControlError(
        code: 1902,
        "The private key is encrypted. Decrypt it first: openssl pkey -in encrypted.key -out plain.key",
        field: "private_key_pem"
    )
    fileprivate static let keyUnreadable = ControlError(
        code: 1903,
        "The private key is no RSA, ECDSA (P-256, P-384, P-521) or Ed25519 key that can be parsed.",
        field: "private_key_pem"
    )
    fileprivate static let certificateMissing = ControlError(
        code: 1922,
        "There is no certificate in PEM form.",
        field: "certificate_pem"
    )
    fileprivate static let keyOfAnother = ControlError(
        code: 1923,
        "The private key is not the first certificate's.",
        field: "private_key_pem"
    )
    fileprivate static let keyIsCertificate = ControlError(
        code: 1924,
        "What is in 'private_key_pem' is a certificate.",
        field: "private_key_pem"
    )
    fileprivate static func outOfOrder(_ names: [String], _ index: Int) -> ControlError {
        ControlError(
            code: 1926,
            "The certificates came in this order: [\(names.joined(separator: ", "))], but '\(names[index - 1])' is not "
                + "signed by '\(names[index])'. Put each one's issuer behind it.",
            field: "certificate_pem"
        )
    }
}
