import Dispatch
import Foundation
public import Testing

/// Gives a test its turn among few, and ends the whole run with the name of one that hangs.
///
/// A test that talks over sockets has deadlines to keep, which it cannot while hundreds of others wait for the same two threads.
///
/// The testing library's own time limit cancels a test and then waits for it, and a test that waits for a peer which a bug
/// has silenced does not hear of that.
public struct NoHang: SuiteTrait, TestTrait, TestScoping {
    /// The slowest tests wait for deadlines of some seconds; a busy machine takes ten times as long.
    private static let limit = DispatchTimeInterval.seconds(120)
    /// A serial queue has a thread when it needs one; whatever hangs may hold every thread that tests and global queues share.
    private static let clock = DispatchQueue(label: "tests that hang")

    /// For the suite's tests, whichever suites they are in.
    public var isRecursive: Bool { true }

    /// Runs a test beside a clock that ends the process.
    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Turns.shared.take()
        let name = test.displayName ?? test.name
        let end = DispatchWorkItem {
            try? FileHandle.standardError.write(
                contentsOf: Data("✘ Test \"\(name)\" recorded an issue: it hangs, and no other test can end\n".utf8)
            )
            exit(1)
        }
        Self.clock.asyncAfter(deadline: .now() + Self.limit, execute: end)
        let result: Result<Void, any Error>
        do {
            result = .success(try await function())
        } catch {
            result = .failure(error)
        }
        end.cancel()
        await Turns.shared.giveBack()
        try result.get()
    }
}

/// How many tests are under way.
private actor Turns {
    static let shared = Turns()

    /// Most of them wait for something, so that a few more than there are threads keep the machine busy.
    private var free = 16
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if self.free > 0 {
            self.free -= 1
        } else {
            await withCheckedContinuation { self.waiting.append($0) }
        }
    }

    func giveBack() {
        if self.waiting.isEmpty {
            self.free += 1
        } else {
            self.waiting.removeFirst().resume()
        }
    }
}

extension Trait where Self == NoHang {
    /// Every test of the suite has its turn among sixteen, and ends within two minutes, or the run does.
    public static var noHang: NoHang { NoHang() }
}
