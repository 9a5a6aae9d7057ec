import FolderTesting
import Foundation
import Testing

@Suite("A name with several addresses")
struct SeveralAddressesTests {
    /// Where somebody may say so: in a copy of the list of hosts that only the agent sees.
    private static let mayMount = geteuid() == 0 && Programs.isInstalled("unshare")

    @Test(
        "leads the agent to the edge, also where nobody listens at the first",
        .enabled(if: Self.mayMount, "only root may change what a name's addresses are")
    )
    func secondAddress() async throws {
        let local = try await LocalEdge("")
        let hosts = try local.folder.write("::1 localhost\n127.0.0.1 localhost\n", to: "hosts")
        let port = try #require(local.agents.split(separator: ":").last)
        let agent = try RunningProgram(
            "/usr/bin/env",
            [
                "unshare", "--mount", "/bin/sh", "-c", #"mount --bind "$1" /etc/hosts && shift && exec "$@""#, "sh",
                hosts,
                Programs.path("shakedown-agent"), "tls", "8080", "--domain", LocalEdge.name, "--server-addr",
                "localhost:\(port)", "--authtoken", "token-of-the-test", "--root-cas",
                local.folder.path("ca-servers.pem"),
            ],
            in: local.folder
        )
        defer { kill(agent.process.processIdentifier, SIGKILL) }
        #expect(try await agent.wait { agent.errors.contains("tunnel online") }, "\(agent.errors)")
    }
}
