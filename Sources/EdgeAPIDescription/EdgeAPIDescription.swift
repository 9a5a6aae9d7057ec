/// The edge's API in the words of OpenAPI 3.1: what serves it is held to it, and what asks it is made of it.
package enum EdgeAPIDescription {
    package static let text: [UInt8] = PackageResources.openapi_json
}
