package import Foundation
internal import LibCrypto
internal import Synchronization

/// Makes certificates from recipes: each when it is first asked for, and the same one ever after.
package final class Mint: Sendable {
    package let book: RecipeBook
    /// What `${domain}` stands for.
    package let domain: String
    /// The moment that every validity is relative to.
    package let now: Date
    private let issued = Mutex<[String: IssuedCertificate]>([:])
    /// What was given out, as files have it.
    private let minted = Mutex<[String: MintedCertificate]>([:])

    package init(book: RecipeBook, domain: String = "shakedown.test", now: Date = Date()) {
        self.book = book
        self.domain = domain
        self.now = now
    }

    /// The certificate of this name; throws when there is no such recipe.
    package func credential(for name: String) throws -> MintedCertificate {
        if let known = self.minted.withLock({ $0[name] }) { return known }
        let made = try MintedCertificate(self.issued.withLock { try self.issue(name, cache: &$0) })
        self.minted.withLock { $0[name] = made }
        return made
    }

    /// A certificate for these names in place of the recipe's `${names}`. All of a recipe's share its key, so that one costs no
    /// more than a signature.
    package func credential(for name: String, names: [String]) throws -> MintedCertificate {
        let recipe = try self.book.recipe(named: name)
        guard recipe.takesNames else { return try self.credential(for: name) }
        let (shared, circumstances) = try self.issued.withLock { issued in
            (try self.issue(name, cache: &issued), try self.circumstances(of: recipe, cache: &issued))
        }
        var own = circumstances
        own.key = shared.key
        own.names = names
        return try MintedCertificate(IssuedCertificate(recipe, own))
    }

    /// Takes a CA that was made from this recipe before, so that what it issues is accepted where it is trusted already.
    ///
    /// - Parameters:
    ///   - certificate: in DER.
    ///   - key: in DER.
    /// - Throws: ``RecipeError`` where the recipe is no CA that signs itself, or where this is no such CA of the recipe.
    package func adopt(_ name: String, certificate: [UInt8], key: [UInt8]) throws {
        let recipe = try self.book.recipe(named: name)
        guard recipe.basicConstraints.isCA, case .itself = recipe.issuer, recipe.impersonates == nil else {
            throw RecipeError(.notAdopted, "'\(name)' is no CA that signs itself")
        }
        let adopted = try IssuedCertificate(adopting: certificate, key: key, of: recipe, domain: self.domain)
        self.issued.withLock { $0[name] = adopted }
    }

    private func issue(_ name: String, cache: inout [String: IssuedCertificate]) throws -> IssuedCertificate {
        if let known = cache[name] { return known }
        let recipe = try self.book.recipe(named: name)
        let made = try IssuedCertificate(recipe, self.circumstances(of: recipe, cache: &cache))
        cache[name] = made
        return made
    }

    private func circumstances(
        of recipe: CertificateRecipe,
        cache: inout [String: IssuedCertificate]
    ) throws -> IssuedCertificate.Circumstances {
        var circumstances = IssuedCertificate.Circumstances(domain: self.domain, now: self.now)
        if case .recipe(let other) = recipe.issuer { circumstances.issuer = try self.issue(other, cache: &cache) }
        if let other = recipe.impersonates { circumstances.impersonated = try self.issue(other, cache: &cache) }
        return circumstances
    }
}

/// A certificate with its private key and everything that vouches for it.
package struct MintedCertificate: Hashable, Sendable {
    /// The certificate alone.
    package let certificatePEM: String
    /// The certificate and its intermediates, in the order a TLS server sends them; the root is left out.
    package let chainPEM: String
    package let keyPEM: String
    package let leafDER: [UInt8]
    /// What a TLS server sends behind it, in that order, in DER.
    package let intermediates: [[UInt8]]
    /// The root that a verifier must trust to accept it; itself where it is self-signed.
    package let caPEM: String

    init(_ issued: IssuedCertificate) throws {
        self.certificatePEM = try Self.pem(issued.der)
        // A self-signed certificate is presented itself; a root that issued others is not.
        self.intermediates = Array(issued.issuers.dropLast())
        self.chainPEM = try ([issued.der] + self.intermediates).map { try Self.pem($0) }.joined()
        self.keyPEM = try issued.key.pem
        self.leafDER = issued.der
        self.caPEM = try Self.pem(issued.issuers.last ?? issued.der)
    }

    private static func pem(_ der: [UInt8]) throws -> String {
        try PEMBlock(label: "CERTIFICATE", contents: der).text
    }
}
