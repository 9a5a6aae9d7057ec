import Testing

@testable import ProgramKit

@Suite("The limit of open files")
struct OpenFilesTests {
    @Test(
        "is raised as far as is wanted and allowed, and never lowered",
        arguments: [
            (soft: 1_024, hard: 1_048_576, wanted: 65_536, raised: 65_536),
            (soft: 1_024, hard: 4_096, wanted: 65_536, raised: 4_096),
            (soft: 100_000, hard: 1_048_576, wanted: 65_536, raised: 100_000),
            (soft: 1_024, hard: 1_048_576, wanted: Int.max, raised: 1_048_576),
        ]
    )
    func raising(_ limits: (soft: UInt, hard: UInt, wanted: Int, raised: UInt)) {
        #expect(
            OpenFiles.raised(soft: limits.soft, hard: limits.hard, wanted: limits.wanted) == limits.raised
        )
    }

    @Test("is told when it is below the need")
    func shortfall() throws {
        let hard = try #require(OpenFiles.hardLimit)
        #expect(OpenFiles.reserve(1) == nil)
        let limit = try #require(OpenFiles.limit)
        #expect(limit == hard || limit >= OpenFiles.usual)
        // Root may go beyond the hard limit; nobody goes beyond what a file descriptor can count.
        guard hard < Int(Int32.max) else { return }
        let shortfall = try #require(OpenFiles.reserve(Int.max))
        #expect(shortfall.needed == Int.max)
        #expect(shortfall.limit == OpenFiles.limit)
    }
}
