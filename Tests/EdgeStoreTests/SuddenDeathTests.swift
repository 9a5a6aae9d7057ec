import EdgeStore
import Foundation
import StoreTesting
import Testing

@Suite("A store whose process is killed")
struct SuddenDeathTests {
    /// At a new store the first moments are what is looked at, at an old one any.
    private static let newStoreEvery = 5

    @Test("has every change that was reported, wholly, and of the one behind it all or nothing")
    func killed() throws {
        var random = SeededGenerator(seed: 0x5eed)
        var folder = try StoreFolder()
        var reported = 0
        for round in 1...200 {
            let isNew = round % Self.newStoreEvery == 1
            if isNew {
                folder = try StoreFolder()
                reported = 0
            }
            _ = try folder.key()
            let probe = try StoreProcess("apply", folder)
            // The first two say that it starts, and that its store is open.
            let lines = try probe.lines(atMost: Int.random(in: isNew ? 0...3 : 2...20, using: &random))
            // A change is a few of these bytes, or many, so that some processes die between two writes of one.
            if !isNew {
                probe.wait(untilFile: "\(folder.path)-wal", hasGrownBy: Int.random(in: 0...60_000, using: &random))
            }
            probe.kill()
            let end = try probe.end()
            try #require(end.errors == "", "round \(round)")
            reported = (lines + end.lines).compactMap { Int($0) }.last ?? reported

            try folder.withStore { store in
                let objects = try store.load()
                let number = NumberedChange.number(of: objects)
                try #require([reported, reported + 1].contains(number), "round \(round)")
                try #require(objects == NumberedChange.state(after: number), "round \(round), change \(number)")
                reported = number
            }
        }
    }
}

/// The same numbers in every run (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators").
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
