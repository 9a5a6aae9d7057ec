import HTTPServing

/// The page that shows a person what is online.
enum StatusPage {
    static let path = "/"

    static func response(_ status: EdgeStatus) -> APIResponse { Self.page(status).response }

    /// Of who shows no key. It says nothing of the edge but how it is asked.
    static var withoutKey: APIResponse {
        var response = APIResponse(
            status: 401,
            body: Array("This page needs an API key of the edge, as the password of any user name.\n".utf8),
            headers: HTMLPage.headers
        )
        response.headers.append(("content-type", "text/plain; charset=utf-8"))
        response.headers.append(("www-authenticate", "Basic realm=\"shakedown-edge\", charset=\"UTF-8\""))
        return response
    }

    private static func page(_ status: EdgeStatus) -> HTMLPage {
        HTMLPage(
            title: "\(status.account) · shakedown-edge",
            heading: status.account,
            introduction: "shakedown-edge, plan \(HTMLText.escaped(status.plan)), as of "
                + "<time>\(HTMLPage.time(status.at))</time>",
            sections: [
                Self.counts(status.counts), Self.endpoints(status), Self.edges(status), Self.sessions(status),
                Self.connections(status),
            ]
        )
    }

    private static func counts(_ counts: EdgeStatus.Counts) -> String {
        HTMLPage.figures([
            ("endpoints", "\(counts.endpoints)"), ("TLS edges", "\(counts.tlsEdges)"),
            ("agents’ sessions", "\(counts.sessions)"), ("of them late", "\(counts.lateSessions)"),
            ("recent connections", "\(counts.recentConnections)"),
        ])
    }

    /// What does not fit onto the page.
    private static func rest(_ shown: Int, of count: Int) -> String {
        count > shown ? "<p>and \(count - shown) more, which the API lists</p>" : ""
    }

    private static func endpoints(_ status: EdgeStatus) -> String {
        HTMLPage.table(
            "Endpoints",
            ["endpoint", "kind", "online since", "members", "TLS ends at", "policy", "served by", "forwards to"],
            status.endpoints.map { row in
                [
                    HTMLPage.code(row.url), row.kind.rawValue, HTMLPage.time(row.since), "\(row.members)",
                    HTMLText.escaped(row.termination), row.hasTrafficPolicy ? "yes" : "no", HTMLPage.code(row.servedBy),
                    HTMLPage.code(row.forwardsTo),
                ]
            },
            rest: Self.rest(status.endpoints.count, of: status.counts.endpoints)
        )
    }

    private static func edges(_ status: EdgeStatus) -> String {
        HTMLPage.table(
            "TLS edges",
            ["domains", "modules", "backend", "tunnels that fit", "edge"],
            status.tlsEdges.map { row in
                [
                    HTMLPage.code(row.domains.joined(separator: ", ")),
                    HTMLPage.code(row.modules.joined(separator: ", ")),
                    HTMLPage.code(row.backend), HTMLPage.marked("\(row.tunnels)", isBad: row.tunnels == 0),
                    HTMLPage.code(row.id),
                ]
            },
            rest: Self.rest(status.tlsEdges.count, of: status.counts.tlsEdges)
        )
    }

    private static func sessions(_ status: EdgeStatus) -> String {
        HTMLPage.table(
            "Agents’ sessions",
            ["session", "agent", "version", "system", "address", "since", "heartbeat"],
            status.sessions.map { row in
                [
                    HTMLPage.code(row.id), HTMLText.escaped(row.client), HTMLText.escaped(row.version),
                    HTMLText.escaped(row.os), HTMLPage.code(row.ip), HTMLPage.time(row.since),
                    HTMLPage.marked(row.isLate ? "late" : "in time", isBad: row.isLate),
                ]
            },
            rest: Self.rest(status.sessions.count, of: status.counts.sessions)
        )
    }

    private static func connections(_ status: EdgeStatus) -> String {
        HTMLPage.table(
            "Recent connections",
            ["ended", "endpoint", "client", "took", "bytes in", "bytes out", "outcome"],
            status.connections.map { row in
                let outcome = HTMLText.escaped(
                    row.outcome == row.reason ? row.outcome : "\(row.outcome): \(row.reason)"
                )
                return [
                    HTMLPage.time(row.at), HTMLPage.code(row.endpoint), HTMLPage.code(row.client),
                    "\(row.milliseconds) ms",
                    "\(row.bytesIn)", "\(row.bytesOut)", HTMLPage.marked(outcome, isBad: row.outcome != "served"),
                ]
            },
            rest: Self.rest(status.connections.count, of: status.counts.recentConnections)
        )
    }
}
