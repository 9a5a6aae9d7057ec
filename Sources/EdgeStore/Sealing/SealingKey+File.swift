import LibCrypto

extension SealingKey {
    /// Reads the key from a file of its own, 64 hexadecimal digits that only its owner may read.
    ///
    /// - Parameter makingIfAbsent: Makes a new key where there is no file. It opens nothing that exists already: for a store that
    ///   was there before, this is the wrong answer to a key that was lost.
    package static func read(path: String, makingIfAbsent: Bool) throws(StoreError) -> SealingKey {
        if let key = try Self.read(path) { return key }
        guard makingIfAbsent else {
            throw StoreError(
                .unusable,
                "there is no sealing key \(path)",
                hint: "put back the file that was made together with the store: nothing else opens its secrets"
            )
        }
        // Never over another key, with which all that it has sealed would be lost, and on the disk before anything is sealed.
        try PrivateFile.makeIfAbsent(
            path,
            Hexadecimal.text(of: try Self.freshBytes()) + [UInt8(ascii: "\n")],
            called: Self.name
        )
        // Of two that make one at the same time the earlier counts.
        guard let key = try Self.read(path) else {
            throw StoreError(.unusable, "the sealing key \(path) was removed while it was made")
        }
        return key
    }

    /// A key that is kept nowhere.
    static func fresh() throws(StoreError) -> SealingKey {
        SealingKey(bytes: try Self.freshBytes(), place: "in memory")
    }

    private static let name = "the sealing key"
    private static let digitCount = 2 * SealedBox.keyLength

    private static func freshBytes() throws(StoreError) -> [UInt8] {
        do {
            return try RandomBytes.draw(SealedBox.keyLength)
        } catch {
            throw StoreError(.failed, "cannot make a sealing key: \(error)")
        }
    }

    /// The key in a file; `nil` where there is none.
    private static func read(_ path: String) throws(StoreError) -> SealingKey? {
        // A line feed more, and one byte that would be too many.
        guard let text = try PrivateFile.read(path, atMost: Self.digitCount + 2, called: Self.name) else { return nil }
        let digits = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
        guard digits.count == Self.digitCount, let bytes = Hexadecimal.bytes(of: digits) else {
            throw StoreError(
                .badKey,
                "\(path) holds no sealing key, which is \(Self.digitCount) hexadecimal digits",
                hint: Privacy.hint
            )
        }
        return SealingKey(bytes: bytes, place: path)
    }
}
