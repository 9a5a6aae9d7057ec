import Testing

@testable import Runner

@Suite("The control under way")
struct ControlUnderWayTests {
    /// A control that tells when it has begun, and ends when it is let or cut off.
    private struct Control {
        let begun = AsyncStream<Void>.makeStream()
        let gate = AsyncStream<Void>.makeStream()

        @Sendable func play() async -> String? {
            self.begun.continuation.yield()
            for await _ in self.gate.stream { return nil }
            return "cut off"
        }
    }

    @Test("the end of the cases does not cut it off")
    func outlivesItsCaller() async {
        let control = Control()
        let underWay = ControlUnderWay()
        let watch = Task { await underWay.run(control.play) }
        for await _ in control.begun.stream { break }
        watch.cancel()
        control.gate.continuation.yield()
        #expect(await watch.value == nil)
    }

    @Test("an interruption cuts it off, and each that comes later")
    func isInterrupted() async {
        let control = Control()
        let underWay = ControlUnderWay()
        let watch = Task { await underWay.run(control.play) }
        for await _ in control.begun.stream { break }
        underWay.interrupt()
        #expect(await watch.value == "cut off")
        #expect(await underWay.run(Control().play) == "cut off")
    }
}
