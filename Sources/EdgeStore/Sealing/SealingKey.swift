import LibCrypto

/// The key that opens the secrets of a store. It does not print.
///
/// It is kept apart from the store, so that a copy of the store alone, such as a backup, gives no secret away.
package struct SealingKey: Sendable {
    private let bytes: [UInt8]
    /// Where it is kept, as errors say it.
    let place: String

    /// - Parameter bytes: `SealedBox.keyLength` of them.
    init(bytes: [UInt8], place: String) {
        self.bytes = bytes
        self.place = place
    }

    func seal(_ secret: [UInt8], as place: SealedPlace) throws(CryptoError) -> [UInt8] {
        try SealedBox(sealing: secret, key: self.bytes, context: place.context).bytes
    }

    /// - Throws: `notSealed` where it was sealed with another key or in another place, or has been changed since.
    func open(_ sealed: [UInt8], from place: SealedPlace) throws(CryptoError) -> [UInt8] {
        try SealedBox(bytes: sealed).opened(key: self.bytes, context: place.context)
    }
}

extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<sealing key>" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What sealed bytes belong to: they open nowhere else, so that nobody gives one object another's key by moving a row.
enum SealedPlace {
    case object(StoredObject.Key)
    /// The value by which a wrong key is found before there is any object.
    case proof

    /// Read in one way only: no part of a key holds a zero byte.
    var context: [UInt8] {
        switch self {
        case .object(let key): Array("object\0\(key.kind)\0\(key.id)".utf8)
        case .proof: Array("proof".utf8)
        }
    }
}
