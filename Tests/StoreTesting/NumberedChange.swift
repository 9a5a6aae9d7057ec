package import EdgeStore

/// Changes that follow one another without end, each of several objects, and what a store holds after any of them: so that half a
/// change, a lost one and one too many can be told from what is right.
package enum NumberedChange {
    /// How many entries are kept: each change makes one and takes the oldest away.
    private static let entryCount = 3

    /// Four objects written anew, one made, one deleted.
    package static func change(_ number: Int) -> StoredChange {
        StoredChange(
            put: self.counters(number) + [self.entry(number)],
            delete: number > self.entryCount ? [self.entry(number - self.entryCount).key] : []
        )
    }

    /// Everything there is after a change; nothing after number 0.
    package static func state(after number: Int) -> [StoredObject] {
        guard number > 0 else { return [] }
        return self.counters(number) + (max(1, number - self.entryCount + 1)...number).map(self.entry)
    }

    /// Which change was the last that such objects come from.
    package static func number(of objects: [StoredObject]) -> Int {
        objects.last.flatMap { Int($0.key.id) } ?? 0
    }

    private static func counters(_ number: Int) -> [StoredObject] {
        ["a", "b", "c", "d"].map { self.object("counter", $0, number) }
    }

    private static func entry(_ number: Int) -> StoredObject { self.object("entry", "\(number)", number) }

    private static func object(_ kind: String, _ id: String, _ number: Int) -> StoredObject {
        // Of another length each time, up to some pages of the file.
        let filling = String(repeating: "x", count: number * 997 % 6_000)
        return StoredObject(
            key: .init(kind: kind, id: id),
            accountID: "acct_\(number % 3)",
            document: "{\"number\":\(number),\"filling\":\"\(filling)\"}",
            secret: id == "b" ? nil : Array("secret \(number)".utf8)
        )
    }
}
