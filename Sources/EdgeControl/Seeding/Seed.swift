import EdgeCore
import Foundation
import LibCrypto

/// What a configuration file says there is to be.
///
/// An object's id follows from what the file calls it, so that entries can refer to one another before any is put in, and
/// the same file makes the same objects.
package struct Seed: Sendable {
    struct Entry: Sendable {
        let name: String
        let key: ObjectKey
        let digest: String
        let put: @Sendable (inout ControlState, ChangeContext) throws(ControlError) -> Void
    }

    private(set) var entries: [Entry] = []

    package init() {}

    /// The id that an entry's object will have.
    package static func id<R: ControlResource>(_ type: R.Type, _ name: String) -> String {
        var number = SHA256.digest(of: Array("\(R.kind.rawValue)/\(name)".utf8))
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        // As long as those that are drawn: the remainders of the digest as one number.
        let text = (0..<26).map { _ in
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / alphabet.count)
                remainder = value % alphabet.count
            }
            return alphabet[remainder]
        }
        return "\(R.idPrefix)_\(String(decoding: text, as: UTF8.self))"
    }

    /// - Parameters:
    ///   - name: What the file calls it, once among objects of its kind: a domain's name, the digest of a token.
    ///   - account: Whose it is.
    /// - Returns: the id it will have.
    @discardableResult
    package mutating func add<R: ControlResource>(
        _ type: R.Type = R.self,
        _ draft: R.Draft,
        named name: String,
        account: String
    ) throws -> String {
        let id = Self.id(type, name)
        try self.add(type, draft, named: name, id: id, account: account)
        return id
    }

    /// An account, whose id the file gives.
    package mutating func add(account id: String, _ draft: ControlAccount.Draft) throws {
        try self.add(ControlAccount.self, draft, named: id, id: id, account: id)
    }

    private mutating func add<R: ControlResource>(
        _ type: R.Type,
        _ draft: R.Draft,
        named name: String,
        id: String,
        account: String
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // The draft does not say whose it is.
        let contents = Array(account.utf8) + [0] + Array(try encoder.encode(draft))
        self.entries.append(
            Entry(
                name: name,
                key: ObjectKey(R.kind, id),
                digest: TokenDigest(of: String(decoding: contents, as: UTF8.self)).hexadecimal,
                put: { state, context throws(ControlError) in
                    let former = state[keyPath: R.table][id]
                    let identity = ObjectIdentity(
                        id: id,
                        accountID: account,
                        createdAt: former?.identity.createdAt ?? context.now,
                        number: former?.identity.number ?? state.takeNumber()
                    )
                    state.put(try R(draft, identity: identity, replacing: former, in: state, context: context))
                }
            )
        )
    }
}
