import Foundation
import NIOCore
import NIOPosix
import ProgramKit
import Runner
import Testing

@Suite("Errors of the libraries, in words")
struct ErrorWordsTests {
    /// What no message may hold: the insides of Foundation and NIO.
    private static let raw = [
        "Error Domain=", "The operation", "NIOCore", "NIOPosix", "IOError", "errno:", "descriptor:",
    ]

    @Test("what NIO throws says what was tried, what the system said, and what to do")
    func nio() {
        let error = IOError(errnoCode: EADDRINUSE, reason: "bind(descriptor:ptr:bytes:)")
        let complaint = ErrorWords.complaint(about: error)
        #expect(complaint.message == "cannot take a port: address already in use")
        #expect(complaint.hint?.contains("ip_local_port_range") == true)
        let files = ErrorWords.complaint(about: IOError(errnoCode: EMFILE, reason: "socket"))
        #expect(files.message == "cannot open a socket: too many open files")
        #expect(files.hint?.contains("ulimit") == true)
    }

    @Test("no message shows the insides of a library")
    func neverRaw() async throws {
        let errors: [any Error] = [
            IOError(errnoCode: ECONNREFUSED, reason: "connect(descriptor:socket:size:)"),
            IOError(errnoCode: EIO, reason: "something(new:)"),
            ChannelError.ioOnClosedChannel,
            ChannelError.connectTimeout(.seconds(3)),
            ChannelError.eof,
            CancellationError(),
            POSIXError(.ENOSPC),
            try await Self.refusedConnection(),
            try #require(Self.missingFile()),
        ]
        for error in errors {
            let text = ErrorWords.text(of: error)
            for raw in Self.raw { #expect(!text.contains(raw), "\(text)") }
            #expect(!text.isEmpty)
        }
    }

    @Test("an IPv6 address stands in brackets, whether there is IPv6 or not")
    func bracketed() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let error = await #expect(throws: (any Error).self) {
            // Nobody listens on tcpmux.
            try await ClientBootstrap(group: group).connect(host: "::1", port: 1).get()
        }
        #expect(ErrorWords.text(of: try #require(error)).hasPrefix("cannot connect to [::1]:1: "))
        try await group.shutdownGracefully()
    }

    private static func refusedConnection() async throws -> any Error {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var refusal: any Error = CancellationError()
        do {
            // A listener that is closed again leaves a port that refuses.
            let listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
            let address = try #require(listener.localAddress)
            try await listener.close()
            _ = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: address.port ?? 0).get()
        } catch {
            refusal = error
        }
        try await group.shutdownGracefully()
        return refusal
    }

    private static func missingFile() -> (any Error)? {
        do {
            _ = try Data(contentsOf: URL(fileURLWithPath: "/nonexistent/file"))
            return nil
        } catch {
            return error
        }
    }
}
