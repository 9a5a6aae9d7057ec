import Addresses
import FolderTesting
import Foundation
import HangTesting
import NIOCore
import SSHGateway
import Synchronization
import Testing

@Suite("SSH clients that mean no good", .noHang)
struct HostileClientTests {
    private static let loopback = TransportAddress(ip: .loopback, port: 0)

    /// A gateway whose owners are noted.
    private final class Bench: Sendable {
        let gateway: SSHGateway
        let address: TransportAddress
        private let owners: OwnerList

        init(_ settings: SSHGateway.Settings, in folder: URL) throws {
            let owners = OwnerList()
            self.owners = owners
            self.gateway = try SSHGateway(settings, hostKey: .kept(in: folder.appending(path: "host").path))
            self.address = try self.gateway.listen(on: HostileClientTests.loopback) { _ in owners.next() }
        }

        func owner(_ index: Int) -> RecordingOwner? {
            self.owners.all.withLock { $0.indices.contains(index) ? $0[index] : nil }
        }
    }

    private final class OwnerList: Sendable {
        let all = Mutex<[RecordingOwner]>([])

        func next() -> RecordingOwner {
            let owner = RecordingOwner()
            self.all.withLock { $0.append(owner) }
            return owner
        }
    }

    @Test("who does not say in time who it is is closed")
    func silent() async throws {
        try await withTemporaryFolder { folder in
            var settings = SSHGateway.Settings()
            settings.authenticationTime = .seconds(1)
            let bench = try Bench(settings, in: folder)
            let silent = try await RawClient.connect(to: bench.address)
            // One that has said as much as its version is no better.
            let slow = try await RawClient.connect(to: bench.address)
            await slow.send(Array("SSH-2.0-slow\r\n".utf8))
            #expect(try await silent.ended.get().hasPrefix("SSH-2.0-"))
            #expect(try await slow.ended.get().hasPrefix("SSH-2.0-"))
            for index in 0..<2 {
                let owner = try #require(bench.owner(index))
                try await owner.wait { $0.end != nil }
                #expect(owner.seen.end == "it has not said in time who it is")
            }
            await bench.gateway.close(saying: "the end")
        }
    }

    @Test(
        "who speaks no SSH is closed, and the next is served",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", String(repeating: "x", count: 100_000), "SSH-1.5-old\r\n",
            "SSH-2.0-x\r\n" + String(repeating: "\u{7f}", count: 100_000), "SSH-2.0-x\r\n\0\0\0\u{1}\u{1}",
        ]
    )
    func rubbish(_ text: String) async throws {
        try await withTemporaryFolder { folder in
            var settings = SSHGateway.Settings()
            settings.authenticationTime = .seconds(2)
            let bench = try Bench(settings, in: folder)
            let client = try await RawClient.connect(to: bench.address)
            try await client.isGreeted()
            await client.send(Array(text.utf8))
            _ = try await client.ended.get()
            let owner = try #require(bench.owner(0))
            try await owner.wait { $0.end != nil }
            #expect(!owner.seen.isAuthenticated)
            let next = try await RawClient.connect(to: bench.address)
            try await next.isGreeted()
            await bench.gateway.close(saying: "the end")
            _ = try await next.ended.get()
        }
    }

    @Test("whom nobody takes is closed without a word, and a gateway that is closed takes nobody")
    func turnedAway() async throws {
        try await withTemporaryFolder { folder in
            let gateway = try SSHGateway(hostKey: .kept(in: folder.appending(path: "host").path))
            let address = try gateway.listen(on: Self.loopback) { _ in nil }
            #expect(try await RawClient.connect(to: address).ended.get().isEmpty)
            await gateway.close(saying: "the end")
            await #expect(throws: (any Error).self) { _ = try await RawClient.connect(to: address).ended.get() }
            // Once more does no harm.
            await gateway.close(saying: "the end")
        }
    }
}
