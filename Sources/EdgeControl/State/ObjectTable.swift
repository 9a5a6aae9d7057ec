/// All objects of one kind, by their id and in the order they were created in.
package struct ObjectTable<Object: ControlResource>: Sendable {
    private struct Place: Sendable {
        let number: UInt64
        let id: String
    }

    private var objects: [String: Object] = [:]
    /// Oldest first.
    private var order: [Place] = []
    /// Of what was deleted last: who deletes page by page asks for what was before an object that is gone.
    private var removed: [ObjectIdentity] = []
    /// Ten pages.
    private static var removedLimit: Int { 1_000 }

    package init() {}

    package subscript(id: String) -> Object? { self.objects[id] }

    package var count: Int { self.order.count }

    /// Oldest first.
    package var all: some Sequence<Object> { self.order.lazy.compactMap { self.objects[$0.id] } }

    package func all(of accountID: String) -> [Object] { self.all.filter { $0.accountID == accountID } }

    /// An account's objects, newest first, and whether there are more.
    ///
    /// - Parameter id: The last object of the page before.
    /// - Returns: `nil` where the account had no such object.
    package func page(
        of accountID: String,
        before id: String?,
        limit: Int
    ) -> (objects: [Object], hasMore: Bool)? {
        self.page(of: accountID, before: id, limit: limit, where: { _ in true })
    }

    /// Those of them that are wanted.
    package func page<Failure: Error>(
        of accountID: String,
        before id: String?,
        limit: Int,
        where isWanted: (Object) throws(Failure) -> Bool
    ) throws(Failure) -> (objects: [Object], hasMore: Bool)? {
        var end = self.order.endIndex
        if let id {
            guard let number = self.number(of: id, accountID: accountID) else { return nil }
            end = self.index(of: number)
        }
        var page: [Object] = []
        for place in self.order[..<end].reversed() {
            guard let object = self.objects[place.id], object.accountID == accountID else { continue }
            guard try isWanted(object) else { continue }
            if page.count == limit { return (page, true) }
            page.append(object)
        }
        return (page, false)
    }

    mutating func put(_ object: Object) {
        if let former = self.objects.updateValue(object, forKey: object.id) {
            guard former.identity.number != object.identity.number else { return }
            self.order.remove(at: self.index(of: former.identity.number))
        }
        self.order.insert(
            Place(number: object.identity.number, id: object.id),
            at: self.index(of: object.identity.number)
        )
    }

    mutating func remove(_ id: String) {
        guard let object = self.objects.removeValue(forKey: id) else { return }
        self.order.remove(at: self.index(of: object.identity.number))
        self.removed.append(object.identity)
        if self.removed.count > Self.removedLimit { self.removed.removeFirst() }
    }

    private func number(of id: String, accountID: String) -> UInt64? {
        let identity = self.objects[id]?.identity ?? self.removed.last { $0.id == id }
        return identity?.accountID == accountID ? identity?.number : nil
    }

    /// Where an object of this number is, or would be.
    private func index(of number: UInt64) -> Int {
        var (low, high) = (0, self.order.count)
        while low < high {
            let middle = (low + high) / 2
            if self.order[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
