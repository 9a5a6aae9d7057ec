import Foundation
import LibCrypto

/// A page for people that needs no script and nothing from elsewhere, and asks for itself again every ten seconds.
package struct HTMLPage: Sendable {
    /// Text, as the title of the window has it.
    package var title: String
    /// What the page is about, as text.
    package var heading: String
    /// HTML below the heading.
    package var introduction: String
    /// HTML.
    package var sections: [String]

    package init(title: String, heading: String, introduction: String, sections: [String]) {
        self.title = title
        self.heading = heading
        self.introduction = introduction
        self.sections = sections
    }

    package var response: APIResponse {
        APIResponse(status: 200, body: Array(self.html.utf8), headers: Self.headers)
    }

    package var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="refresh" content="10">
        <title>\(HTMLText.escaped(self.title))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <header><h1>\(HTMLText.escaped(self.heading))</h1>
        <p>\(self.introduction)</p></header>
        <main>
        \(self.sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private static var style: String { String(decoding: PackageResources.page_css, as: UTF8.self) }

    /// Nothing but the page's own style is let in, and nothing of the page is kept.
    package static var headers: [(name: String, value: String)] {
        let hash = Data(SHA256.digest(of: Array(Self.style.utf8))).base64EncodedString()
        return [
            ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; style-src 'sha256-\(hash)'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff"),
        ]
    }
}

/// Parts of a page.
extension HTMLPage {
    /// A few numbers in large letters.
    package static func figures(_ facts: [(name: String, value: String)]) -> String {
        let items = facts.map {
            "<div><dt>\(HTMLText.escaped($0.name))</dt><dd>\(HTMLText.escaped($0.value))</dd></div>"
        }
        return "<dl>\(items.joined())</dl>"
    }

    /// - Parameters:
    ///   - rows: Of HTML. Each cell says what it is, for narrow screens where the head is not seen.
    ///   - rest: HTML below the table.
    package static func table(
        _ title: String,
        _ columns: [String],
        _ rows: [[String]],
        rest: String = ""
    ) -> String {
        guard !rows.isEmpty else { return "<section><h2>\(title)</h2><p>none</p></section>" }
        let head = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { row in
            let cells = zip(columns, row).map { "<td data-label=\"\($0)\">\($1.isEmpty ? "–" : $1)</td>" }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <section><h2>\(title)</h2>
            <table><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table>\(rest)</section>
            """
    }

    package static func code(_ text: String) -> String {
        text.isEmpty ? "" : "<code>\(HTMLText.escaped(text))</code>"
    }

    package static func marked(_ html: String, isBad: Bool) -> String {
        "<span class=\"\(isBad ? "bad" : "good")\">\(html)</span>"
    }

    /// `2026-03-01T12:00:00Z` as `2026-03-01 12:00:00 UTC`, which a narrow column can break.
    package static func time(_ text: String) -> String {
        HTMLText.escaped(text.replacing("T", with: " ").replacing("Z", with: " UTC"))
    }
}
