import FolderTesting
import Foundation
import Reports
import Testing
import Verdicts

/// The pages that tests want to see as a browser has them, once their scripts ran. All are opened in one browser, which takes
/// seconds to start, and nobody waits on a thread for it.
enum Browser {
    struct Address: Sendable {
        var report: RunReport
        /// What stands behind `#`.
        var hash: String
    }

    /// The documents, in the order of their addresses.
    static func open(_ addresses: [Address]) async throws -> [String] {
        try await Self.open(pages: addresses.map { (try HTMLWriter.render($0.report), $0.hash) })
    }

    /// The same of any pages, each with what stands behind `#`.
    static func open(pages documents: [(page: String, hash: String)]) async throws -> [String] {
        try await withTemporaryFolder { folder in
            var pages: [String] = []
            for (number, document) in documents.enumerated() {
                let name = "page-\(number).html"
                try Data(document.page.utf8).write(to: folder.appending(path: name))
                pages.append("\(name)#\(document.hash)")
            }
            let file = folder.appending(path: "pages.html")
            let list = String(decoding: try JSONEncoder().encode(pages), as: UTF8.self)
            try Data(Self.frames(of: list).utf8).write(to: file)
            let result = try await #require(Tool("chromium")).runAside([
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--allow-file-access-from-files",
                "--user-data-dir=\(folder.appending(path: "profile").path)", "--virtual-time-budget=5000", "--dump-dom",
                file.absoluteString,
            ])
            #expect(result.status == 0)
            return try documents.indices.map { number in
                let text = try #require(
                    result.output.components(separatedBy: "<pre id=\"page-\(number)\">").dropFirst().first
                )
                let data = try #require(Data(base64Encoded: String(text.prefix { $0 != "<" })))
                return String(decoding: data, as: UTF8.self)
            }
        }
    }

    /// A page of frames, each of which becomes the base64 of what is in it.
    private static func frames(of list: String) -> String {
        """
        <!doctype html><meta charset="utf-8"><script>
        \(list).forEach((address, number) => {
            const frame = document.createElement("iframe");
            frame.src = address;
            frame.onload = () => setTimeout(() => {
                const bytes = new TextEncoder().encode(frame.contentDocument.documentElement.outerHTML);
                const text = document.createElement("pre");
                text.id = "page-" + number;
                text.textContent = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
                frame.replaceWith(text);
            }, 1000);
            document.documentElement.append(frame);
        });
        </script>
        """
    }
}
