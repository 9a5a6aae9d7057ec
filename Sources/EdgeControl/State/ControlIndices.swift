import EdgeCore

/// What is looked up for a client, and by something else than its id.
package struct ControlIndices: Sendable {
    /// Ids of reserved domains.
    var reserved = RoutingTable<String>()
    /// Ids of edges.
    var edges = RoutingTable<String>()
    /// Ids of rules by those of their policies, oldest first.
    var rules: [String: [String]] = [:]
    /// Ids of SSH credentials by their keys.
    var sshKeys: [SSHPublicKey: String] = [:]
}
