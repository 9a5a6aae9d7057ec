/// A request as it came, before anything in it is believed.
struct APIRequest: Sendable {
    let method: String
    /// Without the query, as it was written.
    let path: String
    /// Behind the question mark; `nil` without one.
    let query: String?
    /// Values by the names of headers, in lower case.
    let headers: [String: [String]]
    /// Where the client believes the API to be.
    let baseURI: String

    func header(_ name: String) -> String? { self.headers[name]?.first }
}
