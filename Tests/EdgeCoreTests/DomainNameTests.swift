import AgentProtocol
import EdgeCore
import Testing

@Suite("Names that may be bound")
struct DomainNameTests {
    @Test(
        "good names are kept in lower case",
        arguments: [
            "app.example.com", "APP.Example.com", "*.example.com", "a.b", "xn--bcher-kva.example", "1.example.com",
            "a-b.example.com", "*.a.b.c.example.com", "\(String(repeating: "a", count: 63)).example.com",
        ]
    )
    func accepts(_ text: String) throws {
        #expect(try DomainName(text).text == text.lowercased())
    }

    @Test(
        "each broken rule has its code",
        arguments: [
            ("", 326), ("app example.com", 326), ("b\u{fc}cher.example", 326), ("a.example.com\0", 326),
            ("a..example.com", 327),
            ("-a.example.com", 328), (".example.com", 328), ("example.com.", 328),
            ("a-.example.com", 329),
            ("ab--c.example.com", 330),
            ("localhost", 331), ("192.0.2.1", 331), ("*.com", 331),
            ("xn--9.example.com", 347), ("xn--99999999999999.example.com", 347),
            ("a_b.example.com", 355),
            ("\(String(repeating: "a", count: 64)).example.com", 396),
            ("\(String(repeating: "a.", count: 130))example.com", 397),
            ("a.*.example.com", 402), ("*a.example.com", 402), ("*", 402),
        ]
    )
    func rejects(_ text: String, code: Int) throws {
        let error = try #require(throws: NgrokError.self) { _ = try DomainName(text) }
        #expect(error.code == code)
    }

    @Test("a wildcard covers everything below and not its base")
    func covers() throws {
        let wildcard = try DomainName("*.example.com")
        #expect(wildcard.covers(try DomainName("a.example.com")))
        #expect(wildcard.covers(try DomainName("a.b.example.com")))
        #expect(wildcard.covers(try DomainName("*.b.example.com")))
        #expect(wildcard.covers(wildcard))
        #expect(!wildcard.covers(try DomainName("example.com")))
        #expect(!wildcard.covers(try DomainName("a.badexample.com")))
    }
}
