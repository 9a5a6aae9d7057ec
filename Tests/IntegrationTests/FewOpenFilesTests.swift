import Foundation
import Testing

@Suite("With few open files")
struct FewOpenFilesTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    @Test(
        "a run says what it needs, what it may have and what to do, and starts nothing",
        arguments: [20, 64, 128, 255]
    )
    func run(limit: Int) async throws {
        let line = "ulimit -n \(limit); exec $shakedown run routing.exact --quiet"
        let outcome = try await self.checkout.shell(line)
        #expect(outcome.status == 70, "\(outcome.output)\(outcome.errors)")
        let words = #/this run needs 256 to \d+ open files, and this process may have (\d+)/#
        #expect(try words.firstMatch(in: outcome.errors)?.1 == "\(limit)", "\(outcome.errors)")
        #expect(outcome.errors.contains("hint: raise the hard limit (ulimit -Hn "))
        #expect(self.checkout.runs == [])
        #expect(try self.checkout.leftovers.isEmpty)
    }

    @Test("a check has fewer connections at once, and says so; without room for one it asks nothing")
    func check() async throws {
        let question = "exec $shakedown check 127.0.0.1:1 --name app.example.com --jobs 200 --quiet"
        var outcome = try await self.checkout.shell("ulimit -n 100; \(question)")
        #expect(outcome.errors.contains("leaves room for 60 connections at once, not 200"), "\(outcome.errors)")
        #expect(outcome.errors.contains("cannot be reached"), "it goes on: \(outcome.errors)")
        outcome = try await self.checkout.shell("ulimit -n 40; \(question)")
        #expect(outcome.status == 70)
        #expect(
            outcome.errors.contains("this check needs 41 to 240 open files, and this process may have 40"),
            "\(outcome.errors)"
        )
    }
}
