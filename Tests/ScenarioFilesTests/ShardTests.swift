import ScenarioFiles
import ScenarioModel
import Testing

@Suite("Parts of a selection")
struct ShardTests {
    @Test("every case is in one part and no more, and the parts are about equal", arguments: [1, 2, 3, 5, 8, 16])
    func division(count: Int) throws {
        let all = try Catalogue.scenarios.get().flatMap(\.cases).map(\.id)
        let parts = try (1...count).map { number in
            let shard = try #require(Shard("\(number)/\(count)"))
            return all.filter(shard.contains)
        }
        #expect(parts.joined().sorted() == all.sorted())
        let share = Double(all.count) / Double(count)
        for part in parts { #expect(Double(part.count) > share * 0.75 && Double(part.count) < share * 1.25) }
    }

    /// Machines that share a run are not asked which version of a library they have.
    @Test("a case is in the part in which it always was")
    func stability() throws {
        let ids = ["routing.exact[role=edge,engine=openssl]", "framing.records", "é"]
        let parts = try ids.map { id in
            try (1...7).first { number in try #require(Shard("\(number)/7")).contains(id) }
        }
        #expect(parts == [7, 3, 7])
    }

    @Test("a selection takes of each scenario the cases of its part")
    func selection() throws {
        let all = try Catalogue.scenarios.get()
        var ids: [String] = []
        for number in 1...4 {
            let selection = ScenarioSelection(patterns: ["routing"], shard: Shard("\(number)/4"))
            let selected = selection.apply(to: all)
            #expect(selected.allSatisfy { !$0.cases.isEmpty })
            ids += selected.flatMap(\.cases).map(\.id)
        }
        let whole = ScenarioSelection(patterns: ["routing"]).apply(to: all).flatMap(\.cases).map(\.id)
        #expect(ids.sorted() == whole.sorted())
    }

    @Test(
        "what is no part is none",
        arguments: ["", "0/3", "4/3", "1", "1/0", "a/b", "1/2/3", "-1/3", "1/1001", " 1/3"]
    )
    func malformed(text: String) { #expect(Shard(text) == nil) }
}
