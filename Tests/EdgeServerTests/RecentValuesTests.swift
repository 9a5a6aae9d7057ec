import EdgeServer
import Testing

@Suite("Values that were asked for last")
struct RecentValuesTests {
    @Test("are as many as there may be, and of too many goes the one unused for longest")
    func displaces() {
        var names = RecentValues<String, Int>(limit: 3)
        for (value, name) in ["a", "b", "c"].enumerated() { names.insert(value, for: name) }
        #expect(names.value(for: "a") == 0)
        names.insert(3, for: "d")
        #expect(names.value(for: "b") == nil)
        #expect(["a", "c", "d"].map { names.value(for: $0) } == [0, 2, 3])
        names.insert(4, for: "e")
        #expect(["a", "c", "d", "e"].map { names.value(for: $0) } == [nil, 2, 3, 4])
    }

    @Test("one that comes again takes the place of its own")
    func again() {
        var names = RecentValues<String, Int>(limit: 2)
        for (value, name) in ["a", "b", "b"].enumerated() { names.insert(value, for: name) }
        #expect(["a", "b"].map { names.value(for: $0) } == [0, 2])
    }

    @Test("are none once they are removed")
    func removed() {
        var names = RecentValues<String, Int>(limit: 2)
        names.insert(1, for: "a")
        names.removeAll()
        #expect(names.value(for: "a") == nil)
    }
}
