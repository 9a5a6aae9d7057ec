import Foundation
import Synchronization

/// Puts free ports in the place of those that the pages use.
struct ExamplePorts {
    /// Clients, agents, a service without TLS, one with TLS, metrics, an agent's local API. Docs/README.md says so too.
    static let documented = ["8443", "4443", "8080", "9443", "9090", "4040"]

    /// By the documented ones.
    private let free: [String: String]

    init(_ documented: [String] = Self.documented) throws {
        var free: [String: String] = [:]
        for documented in documented { free[documented] = String(try Self.freePort()) }
        self.free = free
    }

    func replaced(in text: String) -> String {
        self.withDefaults(text).replacing(/[0-9]+/) { number in
            self.free[String(number.output)] ?? String(number.output)
        }
    }

    /// Where a command leaves ports to the program, they are said.
    private func withDefaults(_ text: String) -> String {
        text.hasPrefix("shakedown-edge dev")
            ? text.replacing(
                "shakedown-edge dev",
                with: "shakedown-edge dev --listen 127.0.0.1:8443 --agents 127.0.0.1:4443"
            )
            : text
    }

    /// Those that some test has been given: it may not listen yet.
    private static let given = Mutex<Set<UInt16>>([])

    /// Below the range that the kernel gives to those who ask for port 0, as the other tests do, and below that of the harness, which
    /// others of them run at the same time.
    static func freePort() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 10_000..<20_000)
            if Self.isFree(port), Self.given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        // The address is read during the call only.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
