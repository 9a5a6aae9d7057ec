import EdgeControl
import Foundation

/// Who sends a request, by the key in its Authorization header.
enum Authentication {
    /// - Throws: ERR_NGROK_200 to 203, and 206 and 208 for what is something else than a key. No refusal repeats what was
    ///   sent, because it may be a key all but for a slip.
    static func owner(
        _ header: String?,
        in state: ControlState
    ) throws(APIError) -> (key: APIKey, account: ControlAccount) {
        guard let header else { throw .unauthorized(200, "The request has no Authorization header.") }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else {
            throw .unauthorized(201, "The Authorization header is not 'Bearer' and an API key.")
        }
        let key = String(parts[1])
        if let owner = state.owner(ofAPIKey: key) { return owner }
        guard state.owner(ofToken: key) == nil else {
            throw .unauthorized(206, "This is an authtoken, and no API key.")
        }
        guard !key.hasPrefix("\(APIKey.idPrefix)_") else {
            throw .unauthorized(208, "This is the id of an API key, and not the key.")
        }
        guard key.contains("_") else { throw .unauthorized(202, "This does not look like an API key.") }
        throw .unauthorized(203, "This API key is not valid. It may have been deleted.")
    }
}

extension Authentication {
    /// Who opens the page: a browser sends an API key as the password of any user name (RFC 7617), once somebody has typed it in.
    /// `nil` for what is no key. The API itself takes no password, so that no other page can have a browser change anything.
    static func pageOwner(_ header: String?, in state: ControlState) -> (key: APIKey, account: ControlAccount)? {
        guard let parts = header?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1]))
        else { return nil }
        let credentials = String(decoding: data, as: UTF8.self)
        guard let colon = credentials.firstIndex(of: ":") else { return nil }
        return state.owner(ofAPIKey: String(credentials[credentials.index(after: colon)...]))
    }
}

extension APIError {
    /// RFC 9110 section 11.6.1 asks for the header.
    fileprivate static func unauthorized(_ code: Int, _ message: String) -> APIError {
        APIError(
            401,
            code: code,
            message + " Send the header 'Authorization: Bearer KEY'.",
            headers: [("www-authenticate", "Bearer")]
        )
    }
}
