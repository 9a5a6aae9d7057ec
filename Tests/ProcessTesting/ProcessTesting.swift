package import Foundation
import Supervision

/// What tests that start programs need.
package enum ProcessTesting {
    /// The supervisor as a program.
    package static let supervisor = [Self.program("SupervisorProbe").path, "supervise"]

    /// A program that is built beside the tests.
    package static func program(_ name: String) -> URL {
        let tests = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return tests.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name)
    }
}

/// Whether something becomes true within a time that is long on a busy machine.
package func eventually(within limit: Duration = .seconds(10), _ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        await Pause.short()
    }
    return try condition()
}

/// Whether a process exists and has not ended, whoever may still have to wait for it.
package func isRunning(_ process: Int) -> Bool { state(of: process).map { $0 != "Z" } ?? false }

/// The letter by which the kernel tells what a process does: `S` sleeps, `T` stands still, `Z` has ended.
package func state(of process: Int) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    return stat.split(separator: ")").last?.split(separator: " ").first.map(String.init)
}

/// The number that a script wrote into a file; `nil` until it has.
package func number(in file: URL) -> Int? {
    (try? String(contentsOf: file, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
