/// What asks a CA. It follows no redirect, and is no part of what is said.
package protocol ACMETransport: Sendable {
    /// - Throws: ``ACMEError`` with `unreachable` where no whole answer comes.
    func send(_ request: ACMERequest) async throws -> ACMEResponse
}

package struct ACMERequest: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    package let method: Method
    package let url: String
    /// A JWS; empty where there is none.
    package let body: [UInt8]

    package init(_ method: Method, _ url: String, body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.body = body
    }
}

package struct ACMEResponse: Hashable, Sendable {
    package var status: UInt
    package var body: [UInt8]
    /// Of the headers those that mean something here: `Replay-Nonce`, `Location`, `Retry-After`.
    package var nonce: String?
    package var location: String?
    package var retryAfter: Duration?

    package init(
        status: UInt,
        body: [UInt8] = [],
        nonce: String? = nil,
        location: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.status = status
        self.body = body
        self.nonce = nonce
        self.location = location
        self.retryAfter = retryAfter
    }
}
