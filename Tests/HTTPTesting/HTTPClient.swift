package import JSONText
import NIOCore
package import NIOHTTP1
import NIOPosix

/// One request a connection.
package struct HTTPClient: Sendable {
    package struct Answer: Sendable {
        package let status: Int
        package let headers: HTTPHeaders
        package let body: [UInt8]

        /// `nil` for what is no JSON.
        package var json: JSONValue? { try? JSONValue(reading: self.body) }
        /// `ERR_NGROK_n` without the text.
        package var code: Int? { self.json?["error_code"]?.text.flatMap { Int($0.drop { !$0.isNumber }) } }
        package var field: String? { self.json?["details"]?["field"]?.text }
    }

    package let port: Int
    package var headers: HTTPHeaders = ["Ngrok-Version": "2"]

    package init(port: Int, headers: HTTPHeaders = ["Ngrok-Version": "2"]) {
        self.port = port
        self.headers = headers
    }

    /// - Parameter body: JSON. It gets a content type, unless `headers` have one.
    package func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        var all = self.headers
        for (name, value) in headers { all.replaceOrAdd(name: name, value: value) }
        if headers["Host"].isEmpty { all.replaceOrAdd(name: "Host", value: "127.0.0.1:\(self.port)") }
        all.replaceOrAdd(name: "Connection", value: "close")
        if let body {
            all.replaceOrAdd(name: "Content-Length", value: "\(body.utf8.count)")
            if headers["Content-Type"].isEmpty { all.add(name: "Content-Type", value: "application/json") }
        }
        // An empty one stands for none.
        if all["Content-Type"] == [""] { all.remove(name: "Content-Type") }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: all)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: self.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let content = body.map { [HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: $0)))] } ?? []
            // At once: who is answered by the head alone may find the connection closed before the rest.
            try await outbound.write(contentsOf: [.head(head)] + content + [.end(nil)])
            var answer: HTTPResponseHead?
            var bytes: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let head): answer = head
                case .body(let buffer): bytes += buffer.readableBytesView
                case .end: break
                }
                if case .end = part { break }
            }
            guard let answer else { throw ChannelError.eof }
            return Answer(status: Int(answer.status.code), headers: answer.headers, body: bytes)
        }
    }
}

extension JSONValue {
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}
