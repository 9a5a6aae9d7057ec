import ScenarioModel
import Testing

@testable import Runner

@Suite("Waves")
struct WavesTests {
    private static func cases(_ count: Int) -> [Case] { (0..<count).map { SampleCase.make("\($0)") } }

    @Test(
        "are as few as can be and as large as each other",
        arguments: [(0, []), (1, [1]), (10, [10]), (11, [6, 5]), (25, [9, 8, 8])]
    )
    func sizes(count: Int, sizes: [Int]) {
        #expect(Waves.split(Self.cases(count), largest: 10).map(\.count) == sizes)
    }

    @Test("have every case once, and neighbours of the catalogue apart")
    func dealing() {
        let waves = Waves.split(Self.cases(25), largest: 10)
        #expect(waves[0].prefix(3).map(\.id) == ["0", "3", "6"])
        #expect(Set(waves.joined().map(\.id)).count == 25)
    }
}
