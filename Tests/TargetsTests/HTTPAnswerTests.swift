import Testing

@testable import Targets

@Suite("What a program answers over HTTP")
struct HTTPAnswerTests {
    /// Somebody who says this, whatever he is asked.
    private static func ask(whoSays answer: String, andEnds ends: Bool = true) async throws -> HTTPAnswer {
        try await Answerer([answer], andEnds: ends).serve { address in
            try HTTPAnswer.get("/metrics", host: "127.0.0.1", at: address)
        }
    }

    @Test(
        "is read however its length is told",
        arguments: [
            "Content-Length: 5\r\n\r\na 1\nb", "Connection: close\r\n\r\na 1\nb",
            "Transfer-Encoding: chunked\r\n\r\n4\r\na 1\n\r\n1\r\nb\r\n0\r\n\r\n",
        ]
    )
    func bodies(_ rest: String) async throws {
        let answer = try await Self.ask(whoSays: "HTTP/1.1 200 OK\r\n\(rest)")
        #expect(answer.code == 200)
        #expect(answer.body == "a 1\nb")
    }

    @Test("has a status that says what is wrong")
    func status() async throws {
        let answer = try await Self.ask(whoSays: "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
        #expect(answer.code == 426)
        #expect(answer.reason == "Upgrade Required")
    }

    @Test(
        "is none where it breaks off, is not HTTP, or does not come",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na 1\n", true), ("SSH-2.0-OpenSSH\r\n", true), ("", true),
            ("HTTP/1.1 200 OK\r\n", false),
        ]
    )
    func none(_ text: String, _ ends: Bool) async {
        await #expect(throws: (any Error).self) { try await Self.ask(whoSays: text, andEnds: ends) }
    }
}
