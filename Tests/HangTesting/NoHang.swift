import Dispatch
import Foundation
public import Testing

/// Ends the whole run with the name of a test that hangs.
///
/// The testing library's own time limit cancels a test and then waits for it, and a test that waits for a peer which a bug
/// has silenced does not hear of that.
public struct NoHang: SuiteTrait, TestTrait, TestScoping {
    /// The slowest tests wait for deadlines of some seconds; a busy machine takes ten times as long.
    private static let limit = DispatchTimeInterval.seconds(120)

    /// For the suite's tests, whichever suites they are in.
    public var isRecursive: Bool { true }

    /// Runs a test beside a clock that ends the process.
    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let name = test.displayName ?? test.name
        let end = DispatchWorkItem {
            try? FileHandle.standardError.write(
                contentsOf: Data("✘ Test \"\(name)\" recorded an issue: it hangs, and no other test can end\n".utf8)
            )
            exit(1)
        }
        // A queue of the system's own: whatever hangs may hold every thread of the tests.
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.limit, execute: end)
        defer { end.cancel() }
        try await function()
    }
}

extension Trait where Self == NoHang {
    /// Every test of the suite ends within two minutes, or the run does.
    public static var noHang: NoHang { NoHang() }
}
