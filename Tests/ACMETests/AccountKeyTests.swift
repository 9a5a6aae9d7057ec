import ACME
import LibCrypto
import Testing

@Suite("An account's key")
struct AccountKeyTests {
    /// The key of RFC 7515 appendix A.3, as SEC 1.
    private static let pem = """
        -----BEGIN EC PRIVATE KEY-----
        MDECAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49
        AwEH
        -----END EC PRIVATE KEY-----
        """

    /// The digest is of the public half as that appendix prints it, with its members in the order of RFC 7638 section 3.
    @Test("is known by the thumbprint of its public half, and prints nothing else")
    func thumbprint() throws {
        let key = try AccountKey(pem: Self.pem)
        #expect(key.description == "AccountKey(oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U)")
        #expect("\(key)" == key.debugDescription)
    }

    @Test("is the same when it is read again")
    func restored() throws {
        let key = try AccountKey()
        #expect(try AccountKey(pem: key.pem).description == key.description)
        #expect(try AccountKey().description != key.description)
    }

    @Test("is no other kind of key, and no certificate")
    func others() throws {
        for text in [try PrivateKey(.ecdsaP384).pem, try PrivateKey(.rsa(bits: 2048)).pem, ""] {
            let error = try #require(throws: ACMEError.self) { try AccountKey(pem: text) }
            #expect(error.code == .badAccountKey)
        }
    }
}
