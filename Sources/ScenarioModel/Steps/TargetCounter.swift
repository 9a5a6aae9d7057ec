/// What an edge counts of its own work, by the names that scenarios have for it.
package enum TargetCounter: String, CaseIterable, Codable, Hashable, Sendable {
    /// Client connections accepted.
    case accepted
    /// Client connections open now: the only one that also goes down.
    case active
    /// TLS handshakes completed at the edge.
    case handshakes
    /// TLS handshakes that failed at the edge, for whatever reason.
    case failedHandshakes = "failed-handshakes"
    /// Those of them that failed since no client certificate came.
    case withoutCertificate = "without-certificate"
    /// Connections refused since nobody serves the name.
    case unknownNames = "unknown-names"
    /// Bytes relayed from clients and to them: the application's where TLS ends at the edge, those of TLS elsewhere.
    case bytesIn = "bytes-in"
    case bytesOut = "bytes-out"

    /// Whether it says how it is, and not how often something was.
    package var isGauge: Bool { self == .active }
}

/// What a counter must have gone up by since the case began, or stand at where it is a gauge.
package enum CountExpectation: Hashable, Sendable, Codable {
    case number(Int)
    /// What the harness saw itself.
    case seen
}
