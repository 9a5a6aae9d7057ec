import CertificateRecipes
import ConfigurationFiles
import Foundation
import Testing

@Suite("Recipe files")
struct RecipeBookTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let yaml: String
        let message: String
        var testDescription: String { self.message }
    }

    @Test(
        "a mistake is said with file, line and column",
        arguments: [
            Mistake(
                yaml: "a:\n  isuer: self\n  subject: a\n",
                message: "c.yaml:2:3: unknown key 'isuer' in 'a'; did you mean 'issuer'?"
            ),
            Mistake(yaml: "a: { issuer: self }\n", message: "c.yaml:1:4: 'a.subject' is missing"),
            Mistake(yaml: "a: { subject: a }\n", message: "c.yaml:1:4: 'a.issuer' is missing"),
            Mistake(
                yaml: "a: { kind: ca, issuer: b, subject: a }\n",
                message:
                    "c.yaml:1:24: a certificate of kind 'ca' signs itself; use kind 'intermediate' to name an issuer"
            ),
            Mistake(
                yaml: "A b: { issuer: self, subject: a }\n",
                message: "c.yaml:1:1: a certificate's name has lower-case letters, digits and '-' only: 'A b'"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, ip: [127.1] }\n",
                message: "c.yaml:1:37: '127.1' is not an IP address, such as 127.0.0.1 or ::1"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, validity: { from: +1d, to: -1d } }\n",
                message: "c.yaml:1:42: 'validity' ends before it starts"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, validity: { from: soon, to: 1d } }\n",
                message: "c.yaml:1:50: 'soon' is not an offset from now, such as -30d, +12h or 90s"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, generated-names: { count: 3, pattern: x } }\n",
                message: "c.yaml:1:70: 'pattern' must hold ${index}, or all names would be the same"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, key: rsa-2084 }\n",
                message:
                    "c.yaml:1:37: 'a.key' must be one of ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519, rsa-1024, rsa-2048, rsa-3072, "
                    + "rsa-4096, not 'rsa-2084'; did you mean 'rsa-2048'?"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, names: [\"www.${names}\"] }\n",
                message: "c.yaml:1:40: 'www.${names}' may hold ${domain}, or be ${names} and nothing else"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: a, names: [\"*.${doman}\"] }\n",
                message: "c.yaml:1:40: '*.${doman}' may hold ${domain}, or be ${names} and nothing else"
            ),
            Mistake(
                yaml: "a: { kind: ca, subject: a, impersonates: b }\n",
                message: "c.yaml:1:25: the subject is that of whom it impersonates"
            ),
            Mistake(
                yaml: "a: { issuer: self, subject: \(String(repeating: "x", count: 65)) }\n",
                message: "c.yaml:1:29: 'subject' has 65 characters; a common name has at most 64"
            ),
        ]
    )
    func refuses(_ mistake: Mistake) throws {
        let problem = try #require(throws: ConfigurationError.self) {
            try RecipeBook(text: mistake.yaml, file: "c.yaml")
        }
        #expect(problem.description == mistake.message)
    }

    @Test("an issuer that does not exist is found when the book is read")
    func unknownIssuer() throws {
        let error = try #require(throws: RecipeError.self) {
            try RecipeBook(
                text: "ca-one: { kind: ca, subject: x }\na: { issuer: ca-oen, subject: a }\n",
                file: "c.yaml"
            )
        }
        #expect(
            error.description
                == "c.yaml:2: no certificate is named 'ca-oen', the issuer of 'a'; did you mean 'ca-one'?"
        )
    }

    @Test(
        "whoever is impersonated is somebody in their own right",
        arguments: [
            (
                "a: { kind: ca, impersonates: ca-oen }",
                "c.yaml:2: no certificate is named 'ca-oen', whom 'a' impersonates; did you mean 'ca-one'?"
            ),
            (
                "a: { kind: ca, impersonates: a }",
                "c.yaml:2: 'a' impersonates 'a', whose own name rests on an impostor's"
            ),
            (
                "a: { kind: ca, impersonates: b }\nb: { issuer: a, subject: b }",
                "c.yaml:2: 'a' impersonates 'b', whose own name rests on an impostor's"
            ),
        ]
    )
    func impersonated(recipes: String, message: String) throws {
        let error = try #require(throws: RecipeError.self) {
            try RecipeBook(text: "ca-one: { kind: ca, subject: x }\n\(recipes)\n", file: "c.yaml")
        }
        #expect(error.description == message)
    }

    @Test("issuers that go round in a circle are refused")
    func circle() throws {
        let error = try #require(throws: RecipeError.self) {
            try RecipeBook(text: "a: { issuer: b, subject: a }\nb: { issuer: a, subject: b }\n", file: "c.yaml")
        }
        #expect(error.code == .issuerCycle)
        #expect(error.description.hasSuffix("a ← b ← a"))
    }

    @Test("a name that no recipe has is refused with the nearest one")
    func unknownName() throws {
        let mint = Mint(book: try RecipeBook(text: "client-good: { issuer: self, subject: a }\n", file: "c.yaml"))
        let error = try #require(throws: RecipeError.self) { try mint.credential(for: "client-god") }
        #expect(error.description == "no certificate is named 'client-god'; did you mean 'client-good'?")
    }

    @Test("a folder without recipes is refused")
    func emptyFolder() throws {
        let error = try #require(throws: RecipeError.self) {
            try RecipeBook(directory: URL(filePath: "/nonexistent/certs"))
        }
        #expect(error.code == .noRecipes)
    }
}
