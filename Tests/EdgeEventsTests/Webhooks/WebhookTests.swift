import ConfigurationFiles
import EdgeEvents
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("Webhooks")
struct WebhookTests {
    private func webhook(_ url: String, _ headers: [(String, String)] = []) throws(Complaint) -> Webhook {
        try Webhook(
            url: Secret(url),
            headers: headers.map { Webhook.Header($0.0, Secret($0.1)) },
            trust: .system,
            reach: .publicAddresses
        )
    }

    @Test(
        "as much of a URL is printed as says where it leads",
        arguments: [
            ("https://example.com/a/secret-path?key=k", "https://example.com"),
            ("HTTP://example.com:8080", "http://example.com:8080"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ]
    )
    func origin(_ url: String, _ origin: String) throws {
        #expect(try self.webhook(url).origin == origin)
    }

    @Test(
        "what cannot be asked for over HTTP is refused, without repeating it",
        arguments: [
            "", "example.com", "ftp://example.com/hidden", "https://", "https:///hidden", "https://a b/hidden",
            "https://hidden:hidden@example.com/", "https://hidden@example.com/",
        ]
    )
    func badURL(_ url: String) throws {
        let complaint = try #require(throws: Complaint.self) { try self.webhook(url) }
        #expect(!"\(complaint)".contains("hidden"))
    }

    @Test(
        "headers that would break a request, or are the edge's, are refused, without repeating their values",
        arguments: [
            ("", "hidden"), ("A B", "hidden"), ("A:", "hidden"), ("A\r\nB", "hidden"), ("Ä", "hidden"),
            ("X-Key", "hidden\r\nX-Other: 1"), ("X-Key", "hidden\u{0}"), ("X-Key", "hidden\u{7f}"),
            ("Content-Length", "hidden"), ("HOST", "hidden"), ("transfer-encoding", "hidden"),
            ("Content-Type", "hidden"),
        ]
    )
    func badHeader(_ name: String, _ value: String) throws {
        let complaint = try #require(throws: Complaint.self) {
            try self.webhook("https://example.com/", [(name, value)])
        }
        #expect(!"\(complaint)".contains("hidden"))
    }

    @Test("nothing that prints a webhook, or what holds one, prints its secrets")
    func secrets() throws {
        let webhook = try self.webhook("https://example.com/hidden", [("Authorization", "Bearer hidden")])
        let destination = EventDestination(id: "ed_1", target: .webhook(webhook))
        let subscription = EventSubscription(id: "esb_1", accountID: "ac_1", sources: [], destinations: [destination])
        for value in [webhook, destination, subscription] as [any Sendable] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] { #expect(!text.contains("hidden"), "\(text)") }
        }
        #expect("\(webhook)" == "Webhook(https://example.com)")
    }

    @Test("CAs are those of a file, which must have some")
    func authorities() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "ca.pem").path
            let missing = try #require(throws: Complaint.self) { try Webhook.Trust.file(path) }
            #expect(missing.message.hasPrefix("cannot read the CAs in \(path): "))
        }
        let folder = try TemporaryFolder()
        let path = try folder.write("no certificate\n", to: "ca.pem")
        #expect(throws: Complaint.self) { try Webhook.Trust.file(path) }
    }

    @Test(
        "an address that is not public is out of reach from the start, where public ones are asked for",
        arguments: [
            ("http://127.0.0.1:80/", true), ("https://10.1.2.3/", true), ("http://[::1]:80/", true),
            ("http://169.254.169.254/latest", true), ("https://198.41.0.4/", false),
            ("http://[2001:503:ba3e::2:30]/", false),
            ("https://localhost/", false),
        ]
    )
    func reach(_ url: String, _ isOut: Bool) throws {
        let near = try Webhook(url: Secret(url), headers: [], trust: .system, reach: .publicAddresses)
        #expect(near.isOutOfReach == isOut)
        #expect(!(try Webhook(url: Secret(url), headers: [], trust: .system, reach: .anywhere).isOutOfReach))
    }
}
