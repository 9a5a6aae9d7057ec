import AsyncHTTPClient
import Foundation
package import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
package import ProgramKit

/// The edge's API as its commands ask it.
package struct EdgeAPIConnection: Sendable {
    /// A page has a hundred objects, each of which may have a certificate chain.
    private static let answerLimit = 16 << 20

    private let url: String
    private let key: String

    /// - Parameters:
    ///   - url: With or without a slash at the end.
    ///   - key: One of the account's API keys.
    package init(url: String, key: String) throws(Complaint) {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw Complaint("'\(url)' is no URL", hint: "write http://127.0.0.1:4041", exitStatus: .usage)
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
    }

    /// Where the API is that nobody has named.
    package static func usualURL(_ environment: [String: String]) -> String {
        environment["SHAKEDOWN_EDGE_API"] ?? "http://127.0.0.1:4041"
    }

    /// Asks, and gives the answer's body; empty for an answer without one.
    ///
    /// - Throws: ``Complaint`` where nobody answers, and with the API's words where it refuses.
    package func send(_ method: String, _ address: String, body: JSONValue? = nil) async throws(Complaint) -> [UInt8] {
        var request = HTTPClientRequest(url: self.url + address)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(self.key)")
        request.headers.add(name: "Ngrok-Version", value: "2")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body.encoded)
        }
        let status: UInt
        let answer: [UInt8]
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            status = response.status.code
            answer = Array(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
        } catch {
            throw Complaint(
                "the API at \(self.url) cannot be reached: \(Self.reason(error))",
                hint: "is the edge running, and has its configuration 'api'?"
            )
        }
        guard (200..<300).contains(status) else { throw self.refusal(status, answer) }
        return answer
    }

    private func refusal(_ status: UInt, _ answer: [UInt8]) -> Complaint {
        let refusal = try? JSONValue(reading: answer)
        let code = refusal?["error_code"]?.text.map { " (\($0))" } ?? ""
        return Complaint("the API at \(self.url) refuses: \(refusal?["msg"]?.text ?? "status \(status)")\(code)")
    }

    /// Of the libraries' own words for it a person wants the system's alone.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { Self.reason($0.error) } ?? "it has no address"
        case let error as IOError: Reason.text(ofErrno: error.errnoCode)
        default: Reason.text(of: error)
        }
    }
}

enum URLText {
    /// What RFC 3986 section 2.3 calls unreserved.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    static func encoded(_ text: String) -> String {
        // It is nil for text that is no Unicode, which Swift's is.
        text.addingPercentEncoding(withAllowedCharacters: self.unreserved) ?? ""
    }
}
