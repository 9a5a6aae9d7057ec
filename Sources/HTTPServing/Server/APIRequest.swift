/// A request as it came, before anything in it is believed.
package struct APIRequest: Sendable {
    package let method: String
    /// Without the query, as it was written.
    package let path: String
    /// Behind the question mark; `nil` without one.
    package let query: String?
    /// Values by the names of headers, in lower case.
    package let headers: [String: [String]]
    /// Whom the client believes to ask, `host` or `host:port`: its Host header.
    package let authority: String
    /// Where the client believes the API to be.
    package let baseURI: String

    package func header(_ name: String) -> String? { self.headers[name]?.first }
}
