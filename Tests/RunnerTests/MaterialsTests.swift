import Testing

@testable import Runner

@Suite("Materials")
struct MaterialsTests {
    @Test("a certificate's file has a name of its own, however alike the domains end")
    func fileNames() {
        var taken: Set<String> = []
        func name(_ domain: String) -> String { Materials.fileName("edge-server", domain, besides: &taken) }
        #expect(name("*.a.test") == "edge-server._.a.test.pem")
        #expect(name("_.a.test") == "edge-server._.a.test.2.pem")
        let end = String(repeating: "a.", count: 80)
        let names = [name("b." + end), name("c." + end), name("d." + end)]
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0.utf8.count <= 255 })
    }
}
