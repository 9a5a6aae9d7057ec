/// Which fields a request's object may have: ngrok refuses any other, since a field with a slip in its name would be lost.
package struct FieldShape: Sendable {
    /// `nil` for a field whose value is not looked into.
    package let fields: [String: FieldShape?]

    /// - Parameter hidden: What is kept with the others, and no request may have.
    package init<Keys: CodingKey & CaseIterable & Hashable>(
        _ keys: Keys.Type,
        without hidden: Set<Keys> = [],
        nested: [Keys: FieldShape] = [:]
    ) {
        let visible = Keys.allCases.filter { !hidden.contains($0) }
        self.fields = Dictionary(uniqueKeysWithValues: visible.map { ($0.stringValue, nested[$0]) })
    }
}
