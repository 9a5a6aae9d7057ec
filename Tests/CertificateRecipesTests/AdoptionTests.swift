import CertificateRecipes
import FolderTesting
import Foundation
import Testing

@Suite("A CA that was made before")
struct AdoptionTests {
    private static let recipes = """
        ca: { kind: ca, subject: The CA }
        other: { kind: ca, subject: Another CA }
        floor: { kind: intermediate, issuer: ca, subject: Second floor }
        leaf: { issuer: floor, subject: leaf, names: [leaf.test], usage: [client] }
        impostor: { kind: ca, impersonates: ca }
        """

    private static func mint() throws -> Mint { Mint(book: try RecipeBook(text: Self.recipes, file: "r.yaml")) }

    private static func contents(of pem: String) throws -> [UInt8] {
        let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        return Array(try #require(Data(base64Encoded: base64)))
    }

    @Test(
        "issues what is accepted where it is trusted already",
        .enabled(if: OpenSSLCommand.isInstalled, "install openssl")
    )
    func issues() throws {
        try withTemporaryFolder { folder in
            let before = try Self.mint()
            let files = try before.writeAll(to: folder, names: ["ca"])
            let authority = try before.credential(for: "ca")
            let later = try Self.mint()
            try later.adopt("ca", certificate: authority.leafDER, key: Self.contents(of: authority.keyPEM))
            let leaf = try later.credential(for: "leaf")
            #expect(leaf.caPEM == authority.certificatePEM)
            #expect(leaf != (try before.credential(for: "leaf")))
            let chain = folder.appending(path: "chain.pem")
            try Data(leaf.chainPEM.utf8).write(to: chain)
            let answer = try OpenSSLCommand.run([
                "verify", "-x509_strict", "-CAfile", files[0].path, "-untrusted", chain.path, chain.path,
            ])
            #expect(answer.status == 0, "\(answer.text)")
        }
    }

    @Test(
        "is refused where it is another's, has another key, or is none",
        arguments: [
            (name: "ca", certificate: "other", key: "other", complaint: "subject is not the recipe's"),
            (name: "ca", certificate: "ca", key: "other", complaint: "another key"),
            (name: "floor", certificate: "floor", key: "floor", complaint: "no CA that signs itself"),
            (name: "impostor", certificate: "impostor", key: "impostor", complaint: "no CA that signs itself"),
        ]
    )
    func refused(_ row: (name: String, certificate: String, key: String, complaint: String)) throws {
        let before = try Self.mint()
        let certificate = try before.credential(for: row.certificate).leafDER
        let key = try Self.contents(of: before.credential(for: row.key).keyPEM)
        let error = try #require(throws: RecipeError.self) {
            try Self.mint().adopt(row.name, certificate: certificate, key: key)
        }
        #expect(error.code == .notAdopted)
        #expect(error.description.contains(row.complaint), "\(error)")
    }
}
