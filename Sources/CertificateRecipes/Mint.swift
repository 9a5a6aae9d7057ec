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

    package init(book: RecipeBook, domain: String = "shakedown.test", now: Date = Date()) {
        self.book = book
        self.domain = domain
        self.now = now
    }

    /// The certificate of this name; throws when there is no such recipe.
    package func credential(for name: String) throws -> MintedCertificate {
        try self.issued.withLock { issued in
            try MintedCertificate(self.issue(name, cache: &issued))
        }
    }

    private func issue(_ name: String, cache: inout [String: IssuedCertificate]) throws -> IssuedCertificate {
        if let known = cache[name] { return known }
        let recipe = try self.book.recipe(named: name)
        let issuer: IssuedCertificate?
        switch recipe.issuer {
        case .itself: issuer = nil
        case .recipe(let other): issuer = try self.issue(other, cache: &cache)
        }
        let made = try IssuedCertificate(recipe, issuer: issuer, domain: self.domain, now: self.now)
        cache[name] = made
        return made
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
    /// The root that a verifier must trust to accept it; itself where it is self-signed.
    package let caPEM: String

    init(_ issued: IssuedCertificate) throws {
        self.certificatePEM = try Self.pem(issued.der)
        // A self-signed certificate is presented itself; a root that issued others is not.
        self.chainPEM = try ([issued.der] + issued.issuers.dropLast()).map { try Self.pem($0) }.joined()
        self.keyPEM = try issued.key.pem
        self.leafDER = issued.der
        self.caPEM = try Self.pem(issued.issuers.last ?? issued.der)
    }

    private static func pem(_ der: [UInt8]) throws -> String {
        try PEMBlock(label: "CERTIFICATE", contents: der).text
    }
}
