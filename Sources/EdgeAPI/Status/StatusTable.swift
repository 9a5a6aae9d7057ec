import HTTPServing

/// What is online as `shakedown-edge status` prints it.
package enum StatusTable {
    package static func text(_ status: EdgeStatus) -> String {
        let counts = status.counts
        var lines = [
            VisibleText.line("\(status.account), plan \(status.plan), at \(status.at)"),
            "\(counts.endpoints) endpoints, \(counts.tlsEdges) TLS edges, \(counts.sessions) agents' sessions"
                + " (\(counts.lateSessions) late), \(counts.recentConnections) recent connections",
        ]
        lines += Self.table(
            "ENDPOINT",
            ["KIND", "SINCE", "MEMBERS", "TLS ENDS AT", "POLICY", "SERVED BY"],
            status.endpoints.map {
                [
                    $0.url, $0.kind.rawValue, $0.since, "\($0.members)", $0.termination,
                    $0.hasTrafficPolicy ? "yes" : "no", $0.servedBy,
                ]
            }
        )
        lines += Self.table(
            "TLS EDGE",
            ["DOMAINS", "MODULES", "BACKEND", "TUNNELS"],
            status.tlsEdges.map {
                [
                    $0.id, $0.domains.joined(separator: ","), $0.modules.joined(separator: ","), $0.backend,
                    "\($0.tunnels)",
                ]
            }
        )
        lines += Self.table(
            "SESSION",
            ["AGENT", "VERSION", "SYSTEM", "ADDRESS", "SINCE", "HEARTBEAT"],
            status.sessions.map {
                [$0.id, $0.client, $0.version, $0.os, $0.ip, $0.since, $0.isLate ? "late" : "in time"]
            }
        )
        lines += Self.table(
            "ENDED",
            ["ENDPOINT", "CLIENT", "MS", "IN", "OUT", "OUTCOME"],
            status.connections.map {
                [
                    $0.at, $0.endpoint, $0.client, "\($0.milliseconds)", "\($0.bytesIn)", "\($0.bytesOut)",
                    $0.outcome == $0.reason ? $0.outcome : "\($0.outcome): \($0.reason)",
                ]
            }
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// Columns as wide as their widest cell; nothing for a table without rows.
    private static func table(_ first: String, _ others: [String], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let cells = [[first] + others] + rows.map { $0.map { $0.isEmpty ? "-" : VisibleText.line($0) } }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        return [""] + lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    }
}
