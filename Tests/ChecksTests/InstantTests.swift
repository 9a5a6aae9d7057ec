import Testing

@testable import Checks

@Suite("RFC 3339 timestamps")
struct InstantTests {
    @Test(
        "are read to the nanosecond, in any offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2000-02-29T12:00:00Z", 951_825_600, 0),
            ("2026-11-23T07:02:33.000000001Z", 1_795_417_353, 1),
            ("2026-11-23T08:02:33.5+01:00", 1_795_417_353, 500_000_000),
            ("2026-11-23T06:32:33-00:30", 1_795_417_353, 0),
        ]
    )
    func reads(text: String, seconds: Int, nanoseconds: Int) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(instant.seconds == seconds)
        #expect(instant.nanoseconds == nanoseconds)
    }

    @Test(
        "are surely before another where the digits that were cut off cannot change it",
        arguments: [
            ("2026-11-23T07:02:33Z", false), ("2026-11-23T07:02:32Z", true), ("2026-11-23T07:02:33.5Z", false),
            ("2026-11-23T07:02:33.4Z", true), ("2026-11-23T07:02:33.550Z", false), ("2026-11-23T07:02:33.549Z", true),
            ("2026-11-23T07:02:33.550000001Z", true), ("2026-11-23T07:02:33.550000002Z", false),
            ("2026-11-23T07:02:34Z", false),
        ]
    )
    func before(text: String, isBefore: Bool) throws {
        let other = Instant(secondsSince1970: 1_795_417_353, nanoseconds: 550_000_002)
        #expect(try #require(Instant(rfc3339: text)).isSurelyBefore(other) == isBefore)
    }

    @Test("are equal however they are written")
    func equal() {
        #expect(Instant(rfc3339: "2026-11-23T07:02:33Z") == Instant(rfc3339: "2026-11-23T08:02:33.000+01:00"))
        #expect(Instant(rfc3339: "2026-11-23T07:02:33Z") != Instant(rfc3339: "2026-11-23T07:02:33.001Z"))
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "", "2026-11-23", "2026-11-23T07:02:33", "2026-13-23T07:02:33Z", "2026-11-23T07:02:33.Z",
            "2026-11-23T07:02:33Zx", "2026-11-23 07:02:33Z",
        ]
    )
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }
}
