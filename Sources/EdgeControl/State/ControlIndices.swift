import EdgeCore

/// What is looked up by name: ids of reserved domains and of edges.
package struct ControlIndices: Sendable {
    var reserved = RoutingTable<String>()
    var edges = RoutingTable<String>()
}
