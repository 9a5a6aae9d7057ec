import HTTPServing

/// What the local API can be asked.
enum LocalRoute: CaseIterable {
    case root, page, index, status
    case tunnels, startTunnel, tunnel
    case endpoints, startEndpoint, endpoint, putEndpoint
    /// Of either kind: an endpoint is a tunnel by another name.
    case stop

    /// The methods and addresses that ask for it.
    private var addresses: [(method: String, path: PathTemplate)] {
        switch self {
        case .root: [("GET", PathTemplate("/"))]
        case .page: [("GET", PathTemplate(StatusPage.path))]
        case .index: [("GET", PathTemplate("/api")), ("GET", PathTemplate("/api/"))]
        case .status: [("GET", PathTemplate("/api/status"))]
        case .tunnels: [("GET", PathTemplate("/api/tunnels"))]
        case .startTunnel: [("POST", PathTemplate("/api/tunnels"))]
        case .tunnel: [("GET", PathTemplate("/api/tunnels/{name}"))]
        case .endpoints: [("GET", PathTemplate("/api/endpoints"))]
        case .startEndpoint: [("POST", PathTemplate("/api/endpoints"))]
        case .endpoint: [("GET", PathTemplate("/api/endpoints/{name}"))]
        case .putEndpoint: [("PUT", PathTemplate("/api/endpoints/{name}"))]
        case .stop:
            [("DELETE", PathTemplate("/api/tunnels/{name}")), ("DELETE", PathTemplate("/api/endpoints/{name}"))]
        }
    }

    private static let all = Self.allCases.flatMap { route in
        route.addresses.map { (route: route, method: $0.method, path: $0.path) }
    }

    /// - Returns: What is asked, and the name in the address; empty where there is none.
    static func find(method: String, path: String) throws(LocalAPIError) -> (route: LocalRoute, name: String) {
        var allowed: [String] = []
        for (route, routeMethod, template) in Self.all {
            guard let parameters = template.match(path) else { continue }
            // A HEAD is answered as a GET is, but for its body, which the server leaves out.
            if routeMethod == (method == "HEAD" ? "GET" : method) { return (route, parameters["name"] ?? "") }
            allowed.append(routeMethod)
        }
        throw allowed.isEmpty ? .noSuchPath : .methodNotAllowed(allowed)
    }
}
