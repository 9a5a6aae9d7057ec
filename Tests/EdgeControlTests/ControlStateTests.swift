import EdgeControl
import EdgeCore
import Testing

@Suite("The state of the control plane")
struct ControlStateTests {
    @Test("an object has an id of its kind, its account, the moment it was made in, and a place in the order")
    func identity() throws {
        var fixture = try ControlFixture()
        let first = try fixture.create(IPPolicy.self)
        let second = try fixture.create(IPPolicy.self)
        #expect(first.id.hasPrefix("ipp_"))
        #expect(first.id.utf8.count == 30)
        #expect(first.accountID == ControlFixture.account)
        #expect(first.identity.createdAt == ControlFixture.now)
        #expect(first.identity.number < second.identity.number)
        #expect(first.id != second.id)
    }

    /// Whoever may learn that an id exists can count another account's objects.
    @Test("another account's object is not found, and cannot be changed or deleted")
    func ownership() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.create(IPPolicy.self, account: ControlFixture.other)
        let missing = refusal {
            try fixture.state.object(IPPolicy.self, id: "ipp_none", account: ControlFixture.account)
        }
        let foreign = refusal {
            try fixture.state.object(IPPolicy.self, id: policy.id, account: ControlFixture.account)
        }
        #expect(missing?.kind == .notFound)
        #expect(missing?.code == 1402)
        #expect(foreign == missing)
        #expect(
            refusal { try fixture.state.delete(IPPolicy.self, id: policy.id, account: ControlFixture.account) }
                == missing
        )
        let update = refusal {
            try fixture.state.update(
                IPPolicy.self,
                id: policy.id,
                account: ControlFixture.account,
                context: fixture.context
            ) { $0.description = "mine" }
        }
        #expect(update == missing)
        #expect(fixture.state.ipPolicies[policy.id] == policy)
    }

    @Test("an update keeps what it does not name, and whose and since when the object is")
    func update() throws {
        var fixture = try ControlFixture()
        let policy = try fixture.create(IPPolicy.self) { draft in
            draft.description = "office"
            draft.metadata = "m"
        }
        let updated = try fixture.state.update(
            IPPolicy.self,
            id: policy.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.description = "home" }
        #expect(updated.draft.description == "home")
        #expect(updated.draft.metadata == "m")
        #expect(updated.identity == policy.identity)
    }

    @Test("a refused operation leaves everything as it was, and nothing to keep")
    func refusedOperation() throws {
        var fixture = try ControlFixture()
        let error = refusal { try fixture.create(IPPolicy.self) { $0.metadata = String(repeating: "m", count: 4097) } }
        #expect(error?.code == 100)
        #expect(error?.field == "metadata")
        #expect(fixture.state.ipPolicies.count == 0)
        #expect(try fixture.state.takeChange().isEmpty)
    }

    @Test(
        "descriptions and metadata have their limits in bytes, by the numbers of each kind",
        arguments: [(255, 4096, nil), (256, 0, 1421), (0, 4097, 100)] as [(Int, Int, Int?)]
    )
    func annotations(_ description: Int, _ metadata: Int, _ code: Int?) throws {
        var fixture = try ControlFixture()
        let error = refusal {
            try fixture.create(IPPolicy.self) { draft in
                draft.description = String(repeating: "d", count: description)
                draft.metadata = String(repeating: "m", count: metadata)
            }
        }
        #expect(error?.code == code)
    }

    @Test("what has changed is told once: objects as they are at the end, and those that are gone")
    func change() throws {
        var fixture = try ControlFixture()
        let stays = try fixture.create(IPPolicy.self)
        let goes = try fixture.create(IPPolicy.self)
        _ = try fixture.state.update(
            IPPolicy.self,
            id: stays.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.description = "in the end" }
        try fixture.state.delete(IPPolicy.self, id: goes.id, account: ControlFixture.account)
        let change = try fixture.state.takeChange()
        #expect(change.put.map(\.key) == [ObjectKey(.ipPolicy, stays.id)])
        #expect(change.put.first?.document.contains("in the end") == true)
        #expect(change.put.first?.accountID == ControlFixture.account)
        #expect(change.delete == [ObjectKey(.ipPolicy, goes.id)])
        #expect(try fixture.state.takeChange().isEmpty)
    }

    @Test("pages go from the newest to the oldest, of one account, and tell whether there are more")
    func pages() throws {
        var fixture = try ControlFixture()
        var ids: [String] = []
        for number in 0..<7 {
            let account = number == 3 ? ControlFixture.other : ControlFixture.account
            ids.append(try fixture.create(IPPolicy.self, account: account).id)
        }
        let table = fixture.state.ipPolicies
        let first = try #require(table.page(of: ControlFixture.account, before: nil, limit: 2))
        #expect(first.objects.map(\.id) == [ids[6], ids[5]])
        #expect(first.hasMore)
        let second = try #require(table.page(of: ControlFixture.account, before: ids[5], limit: 2))
        #expect(second.objects.map(\.id) == [ids[4], ids[2]])
        let last = try #require(table.page(of: ControlFixture.account, before: ids[2], limit: 2))
        #expect(last.objects.map(\.id) == [ids[1], ids[0]])
        #expect(!last.hasMore)
        #expect(table.page(of: ControlFixture.account, before: ids[3], limit: 2) == nil)
        #expect(table.page(of: ControlFixture.account, before: "ipp_none", limit: 2) == nil)
    }

    /// Who deletes all that a page lists asks for the next by an id that is gone.
    @Test("a page may be asked for by an object that was deleted since")
    func pageBehindDeleted() throws {
        var fixture = try ControlFixture()
        let ids = try (0..<4).map { _ in try fixture.create(IPPolicy.self).id }
        for id in ids[2...] { try fixture.state.delete(IPPolicy.self, id: id, account: ControlFixture.account) }
        let page = fixture.state.ipPolicies.page(of: ControlFixture.account, before: ids[2], limit: 2)
        #expect(page?.objects.map(\.id) == [ids[1], ids[0]])
    }
}
