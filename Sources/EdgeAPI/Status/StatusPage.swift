import Foundation
import LibCrypto

/// The page that shows a person what is online. It needs no script and nothing from elsewhere, and asks for itself again every
/// ten seconds.
enum StatusPage {
    static let path = "/"

    static func response(_ status: EdgeStatus) -> APIResponse {
        APIResponse(status: 200, body: Array(Self.html(status).utf8), headers: Self.headers)
    }

    /// Of who shows no key. It says nothing of the edge but how it is asked.
    static var withoutKey: APIResponse {
        var response = APIResponse(
            status: 401,
            body: Array("This page needs an API key of the edge, as the password of any user name.\n".utf8),
            headers: Self.headers
        )
        response.headers.append(("content-type", "text/plain; charset=utf-8"))
        response.headers.append(("www-authenticate", "Basic realm=\"shakedown-edge\", charset=\"UTF-8\""))
        return response
    }

    private static var style: String { String(decoding: PackageResources.status_css, as: UTF8.self) }

    private static var headers: [(name: String, value: String)] {
        let hash = Data(SHA256.digest(of: Array(Self.style.utf8))).base64EncodedString()
        return [
            ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; style-src 'sha256-\(hash)'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff"),
        ]
    }

    static func html(_ status: EdgeStatus) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="refresh" content="10">
        <title>\(HTMLText.escaped(status.account)) · shakedown-edge</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <header><h1>\(HTMLText.escaped(status.account))</h1>
        <p>shakedown-edge, plan \(HTMLText.escaped(status.plan)), as of <time>\(Self.time(status.at))</time></p></header>
        <main>
        \(Self.counts(status.counts))
        \(Self.endpoints(status))
        \(Self.edges(status))
        \(Self.sessions(status))
        \(Self.connections(status))
        </main>
        </body>
        </html>

        """
    }

    private static func counts(_ counts: EdgeStatus.Counts) -> String {
        let facts = [
            ("endpoints", counts.endpoints), ("TLS edges", counts.tlsEdges), ("agents’ sessions", counts.sessions),
            ("of them late", counts.lateSessions), ("recent connections", counts.recentConnections),
        ]
        let items = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<dl>\(items.joined())</dl>"
    }

    private static func endpoints(_ status: EdgeStatus) -> String {
        Self.table(
            "Endpoints",
            ["endpoint", "kind", "online since", "members", "TLS ends at", "policy", "served by", "forwards to"],
            status.endpoints.map { row in
                [
                    Self.code(row.url), row.kind.rawValue, Self.time(row.since), "\(row.members)",
                    HTMLText.escaped(row.termination), row.hasTrafficPolicy ? "yes" : "no", Self.code(row.servedBy),
                    Self.code(row.forwardsTo),
                ]
            },
            of: status.counts.endpoints
        )
    }

    private static func edges(_ status: EdgeStatus) -> String {
        Self.table(
            "TLS edges",
            ["domains", "modules", "backend", "tunnels that fit", "edge"],
            status.tlsEdges.map { row in
                [
                    Self.code(row.domains.joined(separator: ", ")), Self.code(row.modules.joined(separator: ", ")),
                    Self.code(row.backend), Self.marked("\(row.tunnels)", isBad: row.tunnels == 0), Self.code(row.id),
                ]
            },
            of: status.counts.tlsEdges
        )
    }

    private static func sessions(_ status: EdgeStatus) -> String {
        Self.table(
            "Agents’ sessions",
            ["session", "agent", "version", "system", "address", "since", "heartbeat"],
            status.sessions.map { row in
                [
                    Self.code(row.id), HTMLText.escaped(row.client), HTMLText.escaped(row.version),
                    HTMLText.escaped(row.os), Self.code(row.ip), Self.time(row.since),
                    Self.marked(row.isLate ? "late" : "in time", isBad: row.isLate),
                ]
            },
            of: status.counts.sessions
        )
    }

    private static func connections(_ status: EdgeStatus) -> String {
        Self.table(
            "Recent connections",
            ["ended", "endpoint", "client", "took", "bytes in", "bytes out", "outcome"],
            status.connections.map { row in
                let outcome = HTMLText.escaped(
                    row.outcome == row.reason ? row.outcome : "\(row.outcome): \(row.reason)"
                )
                return [
                    Self.time(row.at), Self.code(row.endpoint), Self.code(row.client), "\(row.milliseconds) ms",
                    "\(row.bytesIn)", "\(row.bytesOut)", Self.marked(outcome, isBad: row.outcome != "served"),
                ]
            },
            of: status.counts.recentConnections
        )
    }

    /// - Parameters:
    ///   - rows: Of HTML. Each cell says what it is, for narrow screens where the head is not seen.
    ///   - count: How many there are, shown or not.
    private static func table(_ title: String, _ columns: [String], _ rows: [[String]], of count: Int) -> String {
        guard !rows.isEmpty else { return "<section><h2>\(title)</h2><p>none</p></section>" }
        let head = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { row in
            let cells = zip(columns, row).map { "<td data-label=\"\($0)\">\($1.isEmpty ? "–" : $1)</td>" }
            return "<tr>\(cells.joined())</tr>"
        }
        let rest = count > rows.count ? "<p>and \(count - rows.count) more, which the API lists</p>" : ""
        return """
            <section><h2>\(title)</h2>
            <table><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table>\(rest)</section>
            """
    }

    private static func code(_ text: String) -> String {
        text.isEmpty ? "" : "<code>\(HTMLText.escaped(text))</code>"
    }

    private static func marked(_ html: String, isBad: Bool) -> String {
        "<span class=\"\(isBad ? "bad" : "good")\">\(html)</span>"
    }

    /// `2026-03-01T12:00:00Z` as `2026-03-01 12:00:00 UTC`, which a narrow column can break.
    private static func time(_ text: String) -> String {
        HTMLText.escaped(text.replacing("T", with: " ").replacing("Z", with: " UTC"))
    }
}
