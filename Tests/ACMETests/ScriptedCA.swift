import ACME
import Foundation
import JSONText
import Synchronization

/// A CA of one process. It issues to whoever says the right things in the right order, or does what a test tells it.
final class ScriptedCA: ACMETransport {
    struct Script: Sendable {
        /// So many requests are answered by badNonce first.
        var badNonces = 0
        /// So many times something is looked at before it has come to its end.
        var looks = 1
        /// How long it then asks to be left alone.
        var pause: Duration?
        var challenges = ["http-01", "tls-alpn-01", "dns-01"]
        /// What the authorization is at first, and what comes of it.
        var authorization = (first: "pending", last: "valid")
        var order = "valid"
        /// Answers in place of its own, by the last word of the address.
        var answers: [String: ACMEResponse] = [:]
        var isDown = false
    }

    struct Request: Hashable, Sendable {
        var method: ACMERequest.Method
        var path: String
        /// `jwk` or `kid`.
        var signer: String?
        var payload: String?
    }

    private struct State {
        var script: Script
        var requests: [Request] = []
        var nonces = 0
        /// Those that may still be used.
        var good: Set<String> = []
        var looked: [String: Int] = [:]
        var isChallenged = false
        var isFinalized = false
    }

    static let base = "https://ca.test"
    static let chain = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"

    private let state: Mutex<State>

    init(_ script: Script = Script()) {
        self.state = Mutex(State(script: script))
    }

    var requests: [Request] { self.state.withLock { $0.requests } }

    /// What a problem's answer is.
    static func problem(_ type: String, status: UInt = 400, retryAfter: Duration? = nil) -> ACMEResponse {
        let text = #"{"type": "urn:ietf:params:acme:error:\#(type)", "detail": "It is so.\nReally."}"#
        return ACMEResponse(status: status, body: Array(text.utf8), retryAfter: retryAfter)
    }

    func send(_ request: ACMERequest) async throws -> ACMEResponse {
        try self.state.withLock { state in
            guard !state.script.isDown else { throw ACMEError(.unreachable, "connection refused") }
            var answer = try Self.answer(request, &state)
            if request.method != .get {
                state.nonces += 1
                state.good.insert("nonce-\(state.nonces)")
                answer.nonce = "nonce-\(state.nonces)"
            }
            return answer
        }
    }

    private static func answer(_ request: ACMERequest, _ state: inout State) throws -> ACMEResponse {
        let path = String(request.url.dropFirst(Self.base.count + 1))
        var noted = Request(method: request.method, path: path)
        if request.method == .post {
            let body = try JSONValue(reading: request.body)
            let header = try JSONValue(reading: Self.decoded(body["protected"]))
            noted.signer = header["jwk"] == nil ? header["kid"]?.text : "jwk"
            noted.payload = String(decoding: try Self.decoded(body["payload"]), as: UTF8.self)
            guard header["alg"]?.text == "ES256", header["url"]?.text == request.url,
                try Self.decoded(body["signature"]).count == 64
            else { return Self.problem("malformed") }
            guard let nonce = header["nonce"]?.text, state.good.remove(nonce) != nil, state.script.badNonces == 0 else {
                state.script.badNonces -= 1
                state.requests.append(noted)
                return Self.problem("badNonce")
            }
        }
        state.requests.append(noted)
        if let answer = state.script.answers[path] { return answer }
        return Self.usual(path, &state)
    }

    private static func usual(_ path: String, _ state: inout State) -> ACMEResponse {
        func json(_ text: String, status: UInt = 200, location: String? = nil) -> ACMEResponse {
            ACMEResponse(status: status, body: Array(text.utf8), location: location, retryAfter: state.script.pause)
        }
        func comes(_ to: String, from: String, when begun: Bool) -> String {
            guard begun else { return from }
            state.looked[path, default: 0] += 1
            return state.looked[path, default: 0] > state.script.looks ? to : from
        }
        let base = Self.base
        switch path {
        case "directory":
            return json(
                #"{"newNonce": "\#(base)/nonce", "newAccount": "\#(base)/accounts", "newOrder": "\#(base)/orders"}"#
            )
        case "nonce": return ACMEResponse(status: 200)
        case "accounts": return json("{}", status: 201, location: "\(base)/account")
        case "orders", "order", "finalize":
            if path == "finalize" { state.isFinalized = true }
            let status = comes(state.script.order, from: "processing", when: path == "order" && state.isFinalized)
            return json(
                #"{"status": "\#(path == "orders" ? "pending" : status)", "authorizations": ["\#(base)/authorization"], "#
                    + #""finalize": "\#(base)/finalize", "certificate": "\#(base)/certificate", "#
                    + #""error": {"type": "urn:ietf:params:acme:error:caa", "detail": "No."}}"#,
                status: path == "orders" ? 201 : 200,
                location: path == "orders" ? "\(base)/order" : nil
            )
        case "authorization":
            let (first, last) = state.script.authorization
            let status = comes(last, from: first, when: state.isChallenged)
            let error =
                status == "invalid" ? #", "error": {"type": "urn:ietf:params:acme:error:dns", "detail": "No."}"# : ""
            let challenges = state.script.challenges
                .map { #"{"type": "\#($0)", "url": "\#(base)/\#($0)", "token": "token-of-\#($0)"\#(error)}"# }
            return json(#"{"status": "\#(status)", "challenges": [\#(challenges.joined(separator: ","))]}"#)
        case "tls-alpn-01":
            state.isChallenged = true
            return json("{}")
        case "certificate": return ACMEResponse(status: 200, body: Array(Self.chain.utf8))
        default: return ACMEResponse(status: 404)
        }
    }

    private static func decoded(_ value: JSONValue?) throws -> [UInt8] {
        var text = (value?.text ?? "?").replacing("-", with: "+").replacing("_", with: "/")
        while !text.utf8.count.isMultiple(of: 4) { text += "=" }
        guard let data = Data(base64Encoded: text) else { throw ACMEError(.badAnswer, "no base64url") }
        return Array(data)
    }
}
