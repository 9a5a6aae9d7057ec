import EdgeCore
import Testing

@Suite("Moments in UTC")
struct TimestampTests {
    @Test(
        "times are RFC 3339 in UTC with nine decimals",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_399, 999_999_999, "2000-02-28T23:59:59.999999999Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.000000001Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000000Z"),
            (-1, 0, "1969-12-31T23:59:59.000000000Z"),
        ] as [(Int64, Int32, String)]
    )
    func time(_ seconds: Int64, _ nanoseconds: Int32, expected: String) {
        #expect(Timestamp(secondsSinceEpoch: seconds, nanoseconds: nanoseconds).description == expected)
    }

    @Test("moving a time carries over seconds both ways")
    func advanced() {
        let time = Timestamp(secondsSinceEpoch: 10, nanoseconds: 999_999_999)
        #expect(time.advanced(byNanoseconds: 2) == Timestamp(secondsSinceEpoch: 11, nanoseconds: 1))
        #expect(
            time.advanced(byNanoseconds: -1_000_000_000) == Timestamp(secondsSinceEpoch: 9, nanoseconds: 999_999_999)
        )
    }
}
