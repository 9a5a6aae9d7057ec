import ScenarioModel

/// What is said in ``Exchange/request``: HTTP/1.1 (RFC 9112), of which any client makes its own request, and the server's
/// answer is ours to the last byte.
package enum ExchangeRequest {
    package static func path(nonce: String) -> String { Exchange.requestPath + nonce }

    /// What a client says that has no words of its own.
    ///
    /// - Parameter host: of the Host field; `nil` where the client names nobody.
    package static func request(nonce: String, host: String?) -> [UInt8] {
        Array(
            "GET \(Self.path(nonce: nonce)) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1")\r\nConnection: close\r\n\r\n".utf8
        )
    }

    /// The page: the line of the nonce, then lines that come from the seed. All of it is plain ASCII, so that a browser's
    /// page has it too, and longer than what a stack may hold back.
    package static func page(nonce: String, seed: UInt64) -> [UInt8] {
        var payload = Payload(seed: PayloadDirection.down.seed(seed), count: Self.payloadSize)
        var page = ExchangeLine.opening(nonce: nonce)
        while let block = payload.next() {
            for start in stride(from: 0, to: block.count, by: Self.bytesInLine) {
                for byte in block[start..<min(start + Self.bytesInLine, block.count)] {
                    page += [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
                }
                page.append(UInt8(ascii: "\n"))
            }
        }
        return page
    }

    static func answer(nonce: String, seed: UInt64) -> [UInt8] {
        let page = Self.page(nonce: nonce, seed: seed)
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(page.count)\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + page
    }

    /// More than one TCP segment, and little enough for output that is kept.
    private static let payloadSize = 1_024
    private static let bytesInLine = 32
    private static let digits = Array("0123456789abcdef".utf8)
}
