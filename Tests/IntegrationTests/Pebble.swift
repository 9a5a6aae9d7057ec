import FolderTesting
import Foundation
import Testing

/// Let's Encrypt's own CA for tests, which looks for every name at one port of 127.0.0.1.
final class Pebble {
    /// Where its directory is.
    let directory: String
    private let programs: [RunningProgram]

    /// - Parameters:
    ///   - port: where it looks for names, by TLS.
    ///   - folder: has its own server's certificate and key, `pebble.pem` and `pebble.key`.
    ///   - badNonces: how many of a hundred nonces it does not take, although they are good.
    ///   - own: where it listens; 0 takes a free one.
    init(looking port: Int, in folder: TemporaryFolder, badNonces: Int = 30, listening own: Int = 0) async throws {
        let names = try RunningProgram(
            "/usr/bin/env",
            [
                "pebble-challtestsrv", "-management", "127.0.0.1:0", "-dns01", "127.0.0.1:0", "-http01", "", "-https01",
                "", "-tlsalpn01", "", "-defaultIPv6", "", "-defaultIPv4", "127.0.0.1",
            ],
            in: folder
        )
        let resolver = try await Self.port(of: names, "udp", in: "07")
        let own = own == 0 ? Int(try ExamplePorts.freePort()) : own
        let configuration = try folder.write(
            """
            {"pebble": {
                "listenAddress": "127.0.0.1:\(own)", "managementListenAddress": "",
                "certificate": "\(folder.path("pebble.pem"))",
                "privateKey": "\(folder.path("pebble.key"))",
                "httpPort": 1, "tlsPort": \(port), "ocspResponderURL": "", "externalAccountBindingRequired": false
            }}
            """,
            to: "pebble.json"
        )
        let pebble = try RunningProgram(
            "/usr/bin/env",
            ["pebble", "-config", configuration, "-strict", "-dnsserver", "127.0.0.1:\(resolver)"],
            in: folder,
            environment: ["PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "\(badNonces)", "PEBBLE_AUTHZREUSE": "0"]
        )
        self.programs = [names, pebble]
        self.directory = "https://127.0.0.1:\(own)/dir"
        let isThere = try await pebble.wait { Self.listens(at: UInt16(own)) }
        #expect(isThere, "\(pebble.output)\(pebble.errors)")
    }

    deinit {
        for program in self.programs { kill(program.process.processIdentifier, SIGKILL) }
    }

    /// What it has said: its log.
    var log: String { self.programs[1].output + self.programs[1].errors }

    /// The port that a program has taken, of which it says nothing.
    private static func port(of program: RunningProgram, _ table: String, in state: String) async throws -> Int {
        var port: Int?
        _ = try await program.wait {
            port = Self.port(of: program.process.processIdentifier, table, in: state)
            return port != nil
        }
        return try #require(port, "\(program.output)\(program.errors)")
    }

    private static func listens(at port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        // The address lives on this stack during the call.
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// - Parameter state: as proc(5) has it: 0A listens, 07 is bound.
    private static func port(of process: Int32, _ table: String, in state: String) -> Int? {
        let descriptors = "/proc/\(process)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []
        let sockets = names.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\($0)")
        }
        let lines = (try? String(contentsOfFile: "/proc/\(process)/net/\(table)", encoding: .utf8)) ?? ""
        for line in lines.split(separator: "\n").dropFirst() {
            let words = line.split(separator: " ")
            guard words.count > 9, words[3] == state, sockets.contains("socket:[\(words[9])]") else { continue }
            return words[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return nil
    }
}
