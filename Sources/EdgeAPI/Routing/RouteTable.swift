import EdgeControl
import HTTPServing

/// All that the API can do.
struct RouteTable: Sendable {
    let routes: [Route]

    /// - Throws: 404 for an address that there is not, 405 for one that has other methods.
    func find(method: String, path: String) throws(APIError) -> (route: Route, parameters: [String: String]) {
        var allowed: [String] = []
        for route in self.routes {
            guard let parameters = route.path.match(path) else { continue }
            if route.method.rawValue == method { return (route, parameters) }
            allowed.append(route.method.rawValue)
        }
        throw allowed.isEmpty ? .noSuchPath : .methodNotAllowed(method, allowed: allowed)
    }
}

extension RouteTable {
    static let all = RouteTable(
        routes: ResourceRoutes.all(IPPolicy.self) + ResourceRoutes.all(IPPolicyRule.self)
            + ResourceRoutes.all(Credential.self) + ResourceRoutes.all(APIKey.self)
            + ResourceRoutes.all(SSHCredential.self)
            + ResourceRoutes.all(ReservedDomain.self) + ReservedDomain.certificateRoutes
            + ResourceRoutes.all(TLSCertificate.self) + ResourceRoutes.all(CertificateAuthority.self)
            + ResourceRoutes.all(TunnelGroupBackend.self) + ResourceRoutes.all(WeightedBackend.self)
            + ResourceRoutes.all(FailoverBackend.self) + ResourceRoutes.allButCreate(TLSEdge.self)
            + [TLSEdge.createRoute] + EdgeModuleRoutes.all + ResourceRoutes.all(EventDestination.self)
            + ResourceRoutes.all(EventSubscription.self) + EventSourceRoutes.all + LiveRoutes.all
            + [.status]
    )
}
