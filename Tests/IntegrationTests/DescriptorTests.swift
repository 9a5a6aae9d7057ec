import FolderTesting
import Foundation
import Testing

/// What the edge does when the system gives it no more files and sockets.
@Suite("An edge without descriptors")
struct DescriptorTests {
    /// Takes all descriptors of the edge by connections that say nothing, waits for the test, lets go, and tells how many
    /// pauses the edge has made at most and at least, and whether it serves again.
    private static let clients = """
        import json, re, socket, sys, time, urllib.request
        ready = json.load(open(sys.argv[1]))
        def address(text):
            host, port = text.rsplit(":", 1)
            return (host, int(port))
        start = time.monotonic()
        silent = [socket.create_connection(address(ready["listen"][0])) for _ in range(120)]
        print("open", flush=True)
        sys.stdin.readline()
        for client in silent: client.close()
        with socket.create_connection(address(ready["listen"][0])) as client:
            client.settimeout(30)
            client.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            try: answer = client.recv(1)
            except ConnectionResetError: answer = b""
        elapsed = time.monotonic() - start
        text = urllib.request.urlopen("http://%s:%d/metrics" % address(ready["metrics"]), timeout=30).read().decode()
        pauses = int(re.search('limits_met_total{limit="open_files"} (\\\\d+)', text).group(1))
        print("served" if answer == b"" and 1 <= pauses <= elapsed / 0.05 + 2 else (answer, pauses, elapsed), flush=True)
        """

    @Test("waits until one is free, says so once, and serves on")
    func pause() async throws {
        let local = try await LocalEdge("deadlines: { hello: 60s }", openFiles: 80)
        let edge = local.edge
        #expect(edge.errors.contains("the limit of open files is below what the configured connections need"))

        let clients = try RunningProgram(
            "/usr/bin/env",
            ["python3", "-c", Self.clients, local.readyFile],
            in: local.folder
        )
        let message = "no connection can be accepted until a file or socket is free"
        try #require(try await edge.wait { edge.errors.contains(message) }, "\(edge.errors)\n\(clients.errors)")
        try #require(try await clients.wait { clients.output.contains("open") }, "\(clients.errors)")
        try clients.input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        let outcome = try await clients.end()
        #expect(outcome.output == "open\nserved\n", "\(outcome.errors)")
        #expect(edge.errors.split(separator: message).count == 2, "\(edge.errors)")
    }
}
