import ProgramKit
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "it is seconds or a date",
        arguments: [
            ("0", .zero), ("120", .seconds(120)), ("999999999", .seconds(999_999_999)),
            // The example of RFC 9110 section 5.6.7.
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(10)),
            ("Sun, 06 Nov 1994 08:49:26 GMT", .zero),
            ("Tue, 29 Feb 2000 00:00:00 GMT", .seconds(951_782_400 - 784_111_767)),
        ] as [(String, Duration)]
    )
    func asks(_ text: String, _ expected: Duration) {
        #expect(RetryAfter.wait(text, secondsSinceEpoch: 784_111_767) == expected)
    }

    @Test(
        "what is neither asks for nothing",
        arguments: [
            "", "-1", "1.5", "soon", "10000000000", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        ]
    )
    func asksForNothing(_ text: String) {
        #expect(RetryAfter.wait(text, secondsSinceEpoch: 784_111_767) == nil)
    }
}
