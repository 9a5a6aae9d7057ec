import EdgeCore
import Testing

@Suite("Digests of authtokens")
struct TokenDigestTests {
    /// A comparison that forgets what it saw matches one in 256.
    @Test("match their own token, and none of thousands of others")
    func others() {
        let digest = TokenDigest(of: "a-long-secret-of-mine")
        #expect(digest.matches(TokenDigest(of: "a-long-secret-of-mine")))
        #expect((0..<5_000).filter { digest.matches(TokenDigest(of: "wrong \($0)")) } == [])
    }
}
