import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import NIOSSL
import ProgramKit

/// Asks a CA by HTTP inside TLS.
package struct HTTPTransport: ACMETransport {
    /// Of one answer: a chain of four with RSA keys of 4096 bits has 9 KiB.
    private static let bodyLimit = 1 << 20
    /// For one request and its answer. A CA may look things up before it answers.
    private static let answering = TimeAmount.seconds(30)

    private let client: HTTPClient

    /// Asks as long as `body` runs.
    ///
    /// - Parameter roots: Whose certificate the CA's own server must have.
    package static func with<Result: Sendable>(
        trusting roots: NIOSSLTrustRoots,
        _ body: (HTTPTransport) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = roots
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: Self.answering),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // Trying again is for whoever asks for certificates, who waits in between.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        let result: Result
        do {
            result = try await body(HTTPTransport(client: client))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return result
    }

    package func send(_ request: ACMERequest) async throws -> ACMEResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        // RFC 8555 section 6.1 demands the first and asks for the second.
        message.headers.add(name: "User-Agent", value: "shakedown")
        message.headers.add(name: "Accept-Language", value: "en")
        if !request.body.isEmpty {
            message.headers.add(name: "Content-Type", value: "application/jose+json")
            message.body = .bytes(request.body)
        }
        do {
            let answer = try await self.client.execute(message, deadline: .now() + Self.answering)
            let body = try await answer.body.collect(upTo: Self.bodyLimit)
            return ACMEResponse(
                status: answer.status.code,
                body: Array(body.readableBytesView),
                nonce: answer.headers.first(name: "Replay-Nonce"),
                location: answer.headers.first(name: "Location"),
                retryAfter: answer.headers.first(name: "Retry-After").flatMap {
                    RetryAfter.wait($0, secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
                }
            )
        } catch {
            try Task.checkCancellation()
            let reason = (error as? HTTPClientError)?.shortDescription ?? "\(error)"
            throw ACMEError(.unreachable, "\(request.url): \(reason)")
        }
    }
}
