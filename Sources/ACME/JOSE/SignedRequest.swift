import JSONText

/// The body of a request (RFC 8555 section 6.2): a JWS in its flattened form (RFC 7515 section 7.2.2).
enum SignedRequest {
    /// Who asks: a key that the CA may not know yet, or an account by its address.
    enum Signer {
        case newAccount
        case account(String)
    }

    /// - Parameter payload: `nil` for what would be a GET, which has an empty one (section 6.3).
    static func body(
        _ payload: JSONValue?,
        to url: String,
        nonce: String,
        signer: Signer,
        key: AccountKey
    ) throws -> [UInt8] {
        let identity: JSONValue.Member =
            switch signer {
            case .newAccount: .init("jwk", key.webKey)
            case .account(let url): .init("kid", .string(url))
            }
        let header = JSONValue.object([
            .init("alg", .string("ES256")), identity, .init("nonce", .string(nonce)), .init("url", .string(url)),
        ])
        let protected = Base64URL.encoded(header.encoded)
        let contents = Base64URL.encoded(payload?.encoded ?? [])
        let signature = try key.signature(of: Array("\(protected).\(contents)".utf8))
        return JSONValue.object([
            .init("protected", .string(protected)), .init("payload", .string(contents)),
            .init("signature", .string(Base64URL.encoded(signature))),
        ]).encoded
    }
}
