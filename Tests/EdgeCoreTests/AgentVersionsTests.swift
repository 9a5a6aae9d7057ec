import AgentProtocol
import EdgeCore
import Testing

@Suite("Versions of agents")
struct AgentVersionsTests {
    /// In the order of Semantic Versioning 2.0.0, section 11.
    private static let ordered = [
        "0.1.0", "0.9.99", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
        "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.9.0", "1.10.0", "3.23.9", "3.24.0-rc1", "3.24.0", "10.0.0",
    ]

    @Test("come one after the other, and as they are printed they are read again")
    func order() throws {
        let versions = try Self.ordered.map { try #require(SemanticVersion($0)) }
        #expect(versions == versions.sorted())
        for (earlier, later) in zip(versions, versions.dropFirst()) { #expect(earlier < later && !(later < earlier)) }
        #expect(versions.map(\.description) == Self.ordered)
        #expect(SemanticVersion("1.2.3+build.007") == SemanticVersion("1.2.3"))
    }

    @Test(
        "that are none are found out",
        arguments: [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.x", "1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3+",
            "1.2.3-ä",
            " 1.2.3", "1.2.-3", "99999999999999999999.0.0", "1.2.３",
        ]
    )
    func invalid(_ text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    private static func announcement() throws -> AgentVersions.Announcement {
        AgentVersions.Announcement(
            minimum: try #require(SemanticVersion("3.30.0")),
            from: try #require(CalendarDate("2027-03-31")),
            message: "update, please"
        )
    }

    private static func code(_ versions: AgentVersions, _ client: String, _ version: String) -> Int? {
        do throws(NgrokError) {
            _ = try versions.announcement(toClient: client, version: version)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("below the minimum of their kind are refused, and those below the next are told of it")
    func minimum() throws {
        let rule = AgentVersions.Rule(
            client: "agent/official/go",
            minimum: SemanticVersion("3.6.0"),
            next: try Self.announcement()
        )
        let versions = AgentVersions([rule, AgentVersions.Rule(minimum: SemanticVersion("0.2.0"))])
        #expect(Self.code(versions, "agent/official/go", "3.5.9") == 121)
        #expect(Self.code(versions, "agent/official/go", "3.6.0-rc1") == 121)
        let told = try versions.announcement(toClient: "agent/official/go", version: "3.29.1")
        #expect(told == (try Self.announcement()))
        #expect(try versions.announcement(toClient: "agent/official/go", version: "3.30.0") == nil)
        // The rule without a client is about all others.
        #expect(Self.code(versions, "library/official/rust", "0.1.9") == 121)
        #expect(try versions.announcement(toClient: "", version: "0.2.0") == nil)
        #expect(Self.code(versions, "agent/official/go", "") == 119)
    }

    @Test("that are none are refused, and one that is missing only where it counts")
    func noVersion() throws {
        #expect(Self.code(AgentVersions(), "any", "latest") == 119)
        #expect(Self.code(AgentVersions(), "any", "") == nil)
        let rule = AgentVersions.Rule(client: "other", minimum: SemanticVersion("1.0.0"))
        #expect(Self.code(AgentVersions([rule]), "any", "") == nil)
        #expect(Self.code(AgentVersions([rule]), "other", "") == 119)
    }

    @Test(
        "of agents that ask clients for no certificate get no TLS endpoint",
        arguments: [
            ("agent/official/go", "3.18.9", nil), ("agent/official/go", "3.19.0", 9042),
            ("agent/official/go", "3.23.4", 9042), ("agent/official/go", "3.24.0-rc1", 9042),
            ("agent/official/go", "3.24.0", nil), ("", "3.20.0", 9042), ("library/official/go", "3.20.0", nil),
            ("shakedown-agent", "3.20.0", nil), ("", "", nil),
        ] as [(String, String, Int?)]
    )
    func vulnerable(client: String, version: String, code: Int?) {
        var refusal: Int?
        do throws(NgrokError) {
            try AgentVersions.checkTLSEndpoints(ofClient: client, version: version)
        } catch {
            refusal = error.code
        }
        #expect(refusal == code)
    }

    @Test(
        "are announced for days that there are",
        arguments: [
            ("2027-03-31", true), ("2028-02-29", true), ("2027-02-29", false), ("2000-02-29", true),
            ("1900-02-29", false), ("2027-13-01", false), ("2027-00-10", false), ("2027-04-31", false),
            ("27-04-30", false), ("2027-4-30", false), ("2027-04-30T00:00:00Z", false), ("", false),
        ]
    )
    func days(_ text: String, isOne: Bool) {
        #expect((CalendarDate(text) != nil) == isOne)
        if isOne { #expect(CalendarDate(text)?.start == "\(text)T00:00:00Z") }
    }
}
