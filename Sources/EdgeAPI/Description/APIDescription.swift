import EdgeAPIDescription

/// The API in the words of OpenAPI 3.1, for programs that generate clients or tests from it.
package enum APIDescription {
    package static let path = "/openapi.json"
    package static let text: [UInt8] = EdgeAPIDescription.text
}

extension APIDescription {
    /// Every method and address that is served, such as `GET /edges/tls/{id}`, as the description must have them.
    package static var served: [String] {
        RouteTable.all.routes.map { "\($0.method.rawValue) \($0.path)" } + ["GET \(Self.path)"]
    }
}
