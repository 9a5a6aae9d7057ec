import AgentClient
import AgentProtocol
import HTTPTesting
import HangTesting
import NIOHTTP1
import Synchronization
import Testing

@Suite("The agent's status page", .noHang)
struct StatusPageTests {
    @Test("shows the session, every tunnel with its configuration, and its counters")
    func page() async throws {
        var tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        tunnel.domain = "web.example.com"
        tunnel.allowCIDRs = ["192.0.2.0/24"]
        tunnel.description = "shop"
        try await LocalAPIFixture.run([tunnel]) { fixture in
            let answer = try await fixture.client.send(.GET, "/status")
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == ["text/html; charset=utf-8"])
            let policy = answer.headers["Content-Security-Policy"].first ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(policy.contains("frame-ancestors 'none'"))
            let page = String(decoding: answer.body, as: UTF8.self)
            for word in [
                "tls://web.example.com", "localhost:8080", "192.0.2.0/24", "ip_restriction.allow_cidrs", "shop",
                "terminate_at", "<dt>session</dt><dd>online</dd>", "<dt>tunnels online</dt><dd>1 of 1</dd>", "s1",
            ] { #expect(page.contains(word), "\(word)") }
            #expect(!page.contains("<script"))
            #expect(!page.contains("t0ken"))
        }
    }

    @Test("has what others say as text, and why a tunnel is refused")
    func hostile() async throws {
        var tunnel = TunnelSettings(name: "web", upstream: try UpstreamAddress("8080"))
        tunnel.metadata = "<img src=x>'\"\u{301}"
        try await LocalAPIFixture.run([tunnel]) { fixture in
            let edge = fixture.running.edge
            edge.state.withLock { state in
                state.refusesBind = .alreadyOnline("tls://<i>.example.com")
                state.refusesBindOf = "late"
            }
            var late = TunnelSettings(name: "late", upstream: try UpstreamAddress("8080"))
            late.domain = "late.example.com"
            fixture.running.wanted.replace(with: [try Tunnel(tunnel), try Tunnel(late)])
            while !fixture.running.control.status.tunnels.contains(where: { $0.state.isRefused }) { await Task.yield() }
            let page = String(decoding: try await fixture.client.send(.GET, "/status").body, as: UTF8.self)
            #expect(page.contains("&lt;img src=x&gt;&#39;&quot;\u{301}"))
            #expect(page.contains("&lt;b&gt;bold&lt;/b&gt;"))
            #expect(page.contains("ERR_NGROK_334"))
            #expect(!page.contains("<img") && !page.contains("<i>") && !page.contains("<b>"))
        }
    }
}

extension AgentStatus.State {
    fileprivate var isRefused: Bool {
        if case .refused = self { true } else { false }
    }
}
