import ScenarioModel
import Testing

@testable import Runner

@Suite("How long a case may take")
struct CaseDeadlineTests {
    private static let usual: [Deadline: Double] = [.hello: 3, .handshake: 6, .idle: 6]

    private static func seconds(_ testCase: Case, _ limits: [Deadline: Double] = Self.usual) -> Double {
        testCase.deadline(limits: limits) / .seconds(1)
    }

    @Test("a case outlasts whatever the target declares, at any length", arguments: [3.0, 20, 60, 300])
    func declared(hello: Double) {
        let limits: [Deadline: Double] = [.hello: hello, .handshake: 6, .idle: 6]
        for testCase in [
            SampleCase.make("silent", exchange: .wait, within: .deadline(.hello)),
            SampleCase.make("refused", exchange: .wait), SampleCase.make("echo"),
        ] {
            #expect(Self.seconds(testCase, limits) > hello + 1.5, "\(testCase.id)")
            #expect(Self.seconds(testCase, limits) < hello + 15, "\(testCase.id)")
        }
        #expect(Self.seconds(SampleCase.make("idle", exchange: .idle), [.idle: hello]) > hello + 1.5)
    }

    @Test("a case outlasts the largest of its expectations")
    func expected() {
        let slow = SampleCase.make("slow", exchange: .wait, within: .milliseconds(0...40_000))
        #expect(Self.seconds(slow) > 40)
        #expect(Self.seconds(slow) < 60)
    }

    @Test("gaps are milliseconds, and there are as many as segments")
    func gaps() {
        func limit(_ change: (inout Delivery) -> Void) -> Double {
            var testCase = SampleCase.make("a")
            testCase.client.opening = .builtHello(HelloPlan())
            change(&testCase.client.delivery)
            return Self.seconds(testCase)
        }
        let without = limit { _ in }
        let cut = limit { ($0.segmentCuts, $0.gapMilliseconds) = ([.middle, .beforeLastByte], 20) }
        #expect(abs(cut - without - 0.04) < 0.001, "two gaps of 20 ms, not 40 s")
        let byByte = limit { ($0.segmentSize, $0.gapMilliseconds) = (1, 20) }
        #expect(byByte - without > 400 * 0.02, "a hello byte by byte takes seconds")
        #expect(byByte - without < 60)
    }

    @Test(
        "a hello that drips beyond the deadline does so at any length of it",
        arguments: [(3.0, 100), (20, 180), (60, 493)]
    )
    func drips(deadline: Double, gap: Int) {
        var testCase = SampleCase.make("drip", exchange: .wait, within: .deadline(.hello), gap: 100)
        var hello = HelloPlan()
        hello.paddedSize = 2048
        testCase.client.opening = .builtHello(hello)
        testCase.client.delivery.segmentSize = 16
        #expect(testCase.client(limits: [.hello: deadline]).delivery.gapMilliseconds == gap)
        testCase.expectation.strict[0].within = nil
        #expect(testCase.client(limits: [.hello: deadline]).delivery.gapMilliseconds == 100, "it waits for no deadline")
    }
}
