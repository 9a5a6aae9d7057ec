package import JSONText

/// Where everything listens, for whoever started the edge with port 0.
package struct ListeningAddresses: Hashable, Sendable {
    package var listen: [String]
    package var agents: String
    package var ssh: String?
    /// The line of a public key file, which a client's known_hosts has behind the host's name.
    package var sshHostKey: String?
    package var metrics: String?
    package var api: String?
    package var processID: Int32

    package init(listen: [String], agents: String, metrics: String?, processID: Int32) {
        self.listen = listen
        self.agents = agents
        self.metrics = metrics
        self.processID = processID
    }

    /// What the ready file says.
    package var json: JSONValue {
        .object([
            .init("listen", .array(self.listen.map { .string($0) })),
            .init("agents", .string(self.agents)),
            .init("ssh", self.ssh.map { .string($0) } ?? .null),
            .init("ssh_host_key", self.sshHostKey.map { .string($0) } ?? .null),
            .init("metrics", self.metrics.map { .string($0) } ?? .null),
            .init("api", self.api.map { .string($0) } ?? .null),
            .init("pid", .integer(Int64(self.processID))),
        ])
    }
}
