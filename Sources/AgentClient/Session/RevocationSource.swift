import Addresses
import AsyncHTTPClient
import ConfigurationFiles
import LibCrypto
import NIOCore
import NIOHTTP1
package import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the list of what the edge's CA has revoked is had from, before each connection.
struct RevocationSource: Hashable, Sendable {
    /// Longer than the list of any CA that has agents' edges alone; public ones have some of 10 MB.
    private static let maximumLength = 32 << 20

    let url: String
    private let proxy: ProxyAddress?

    /// - Parameter proxy: That of the edge, which is the way out.
    init(_ url: String, proxy: ProxyAddress?) throws(ConfigurationError) {
        try Self.check(url)
        guard proxy?.kind != .socks5 || proxy?.credentials == nil else {
            throw ConfigurationError(
                "crl_url cannot be fetched through a SOCKS5 proxy that asks for a user and a password",
                hint: "use an HTTP proxy, or crl_noverify: true"
            )
        }
        self.url = url
        self.proxy = proxy
    }

    /// - Throws: For what is not `http://`. The list is signed, and TLS would need a list itself (RFC 5280 section 8).
    static func check(_ url: String) throws(ConfigurationError) {
        guard let components = URLComponents(string: url), components.scheme?.lowercased() == "http",
            components.host?.isEmpty == false
        else { throw ConfigurationError("'\(url)' is no URL of a list", hint: "write http://host/path") }
    }

    /// - Throws: ``RevocationTrouble``, or `CancellationError`.
    func fetch(within time: Duration, on group: any EventLoopGroup) async throws -> RevocationLists {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.proxy = self.proxy.map { proxy in
            switch proxy.kind {
            case .http:
                .server(
                    host: proxy.server.host,
                    port: Int(proxy.server.port),
                    authorization: proxy.credentials.map {
                        .basic(username: $0.user.revealed, password: $0.password.revealed)
                    }
                )
            case .socks5: .socksServer(host: proxy.server.host, port: Int(proxy.server.port))
            }
        }
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        let result: Result<RevocationLists, any Error>
        do {
            result = .success(try await self.fetch(by: client, within: TimeAmount(time)))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try Task.checkCancellation()
        do {
            return try result.get()
        } catch {
            throw RevocationTrouble(url: self.url, reason: Self.words(for: error))
        }
    }

    private func fetch(by client: HTTPClient, within time: TimeAmount) async throws -> RevocationLists {
        let response = try await client.execute(HTTPClientRequest(url: self.url), timeout: time)
        guard response.status == .ok else { throw Words("it answers \(response.status)") }
        let body = try await response.body.collect(upTo: Self.maximumLength)
        return try RevocationLists(Array(body.readableBytesView))
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where [.connectTimeout, .deadlineExceeded].contains(error):
            "no answer in time"
        case is CryptoError: "what is there is no revocation list, in DER or in PEM"
        case is NIOTooManyBytesError: "it is longer than \(Self.maximumLength >> 20) MB"
        default: ConnectionTrouble.text(of: error)
        }
    }

    private struct Words: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

/// The list cannot be had, so that nobody knows whether the edge's certificate is still good: ngrok's agents do not connect either.
package struct RevocationTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    package let url: String
    /// Words that follow a colon.
    package let reason: String

    package var description: String {
        "the list of revoked certificates cannot be had from \(self.url): \(self.reason)"
    }
}

extension RevocationTrouble: ExplainedError {
    package var complaint: Complaint {
        Complaint(
            self.description,
            hint: "see whether the URL can be fetched from this machine; crl_noverify: true goes without the list"
        )
    }
}
