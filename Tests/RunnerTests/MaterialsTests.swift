import CertificateRecipes
import DocumentationTesting
import FolderTesting
import Foundation
import Testing

@testable import Runner

@Suite("Materials")
struct MaterialsTests {
    @Test(
        "a policy gets the certificates that it names, whose keys are looked for in what the target writes; its variables stay"
    )
    func policy() throws {
        try withTemporaryFolder { folder in
            let recipes = MarkdownPage.root.appending(path: "Certs")
            let mint = Mint(book: try RecipeBook(directory: recipes), domain: "shakedown.test")
            let materials = try Materials(mint: mint, folder: folder.appending(path: "materials"))
            let made = try mint.credential(for: "server-ed25519")
            let policy = try materials.policy(
                #"{"a":["${server-ed25519.pem}${server-ed25519.key}","${conn.client_ip}","${a.b.c}"]}"#
            )
            let whole = (made.certificatePEM + made.keyPEM).replacing("\n", with: "\\n")
            #expect(policy == #"{"a":["\#(whole)","${conn.client_ip}","${a.b.c}"]}"#)
            #expect(materials.keys == ["server-ed25519": made.keyPEM])
        }
    }

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
