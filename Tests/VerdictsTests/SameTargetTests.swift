import Testing
import Verdicts

@Suite("Runs that can be measured by each other")
struct SameTargetTests {
    private static func target(_ name: String, version: String = "1.0") -> RunReport.TargetIdentity {
        RunReport.TargetIdentity(name: name, title: "An edge", version: version)
    }

    private static func checked(_ place: String, as names: [String]) -> RunReport.TargetIdentity {
        var identity = RunReport.TargetIdentity(name: "outside", title: place, version: "as \(names)")
        identity.askedAs = names
        return identity
    }

    @Test("a target is the same in another version, and under another name is another")
    func targets() {
        #expect(Self.target("nginx").isSame(as: Self.target("nginx", version: "1.1")))
        #expect(!Self.target("nginx").isSame(as: Self.target("haproxy")))
    }

    @Test("an edge from outside is the same at the same address, asked for the same names")
    func outside() {
        let edge = Self.checked("192.0.2.7:443", as: ["a.test", "b.test"])
        #expect(edge.isSame(as: Self.checked("192.0.2.7:443", as: ["a.test", "b.test"])))
        #expect(!edge.isSame(as: Self.checked("192.0.2.7:8443", as: ["a.test", "b.test"])))
        #expect(!edge.isSame(as: Self.checked("192.0.2.7:443", as: ["a.test"])))
        #expect(!edge.isSame(as: Self.checked("192.0.2.7:443", as: ["b.test", "a.test"])), "the first is asked for")
        #expect(!edge.isSame(as: Self.target("outside")), "a target's folder may be called so")
        #expect(!Self.target("outside").isSame(as: edge))
    }

    @Test("each is called so that the difference can be seen")
    func words() {
        #expect(Self.target("nginx").call == "An edge (nginx)")
        #expect(
            Self.checked("192.0.2.7:443", as: ["a.test", "b.test"]).call
                == "192.0.2.7:443, checked as a.test and b.test"
        )
    }
}
