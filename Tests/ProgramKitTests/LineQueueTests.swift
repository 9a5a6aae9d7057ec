import Testing

@testable import ProgramKit

@Suite("The queue of lines")
struct LineQueueTests {
    private static func line(_ number: Int, byteCount: Int = 10) -> [UInt8] {
        let text = Array("\(number)".utf8)
        return text + Array(repeating: UInt8(ascii: "."), count: byteCount - text.count - 1) + [UInt8(ascii: "\n")]
    }

    /// A queue with room for ten lines, of which so many have come.
    private static func queue(_ lines: Range<Int>, taken: Int? = nil) -> Bench {
        let queue = Bench(limit: 100)
        let isTaken = lines.map { queue.append(Self.line($0)) }
        #expect(isTaken.count { $0 } == taken ?? lines.count)
        return queue
    }

    private static func write(_ lines: Range<Int>) -> Bench.Step {
        .write(lines.flatMap { Self.line($0) }, lines: lines.count)
    }

    @Test("what waits is written together and in order, and then there is nothing to do")
    func order() {
        let queue = Self.queue(0..<3)
        #expect(queue.next() == Self.write(0..<3))
        queue.written(lines: 3)
        #expect(queue.next() == .wait)
        #expect(queue.append(Self.line(3)))
        #expect(queue.next() == Self.write(3..<4))
    }

    @Test("a write is of whole lines and of 4,096 bytes at most, but for a line that is longer itself")
    func batches() {
        let queue = Bench(limit: 100_000)
        for (number, byteCount) in [2_000, 2_096, 10, 5_000, 10].enumerated() {
            #expect(queue.append(Self.line(number, byteCount: byteCount)))
        }
        #expect(queue.next() == .write(Self.line(0, byteCount: 2_000) + Self.line(1, byteCount: 2_096), lines: 2))
        #expect(queue.next() == .write(Self.line(2), lines: 1))
        #expect(queue.next() == .write(Self.line(3, byteCount: 5_000), lines: 1))
        #expect(queue.next() == .write(Self.line(4), lines: 1))
    }

    @Test("what does not fit is lost, and so is what comes before half is written; then it is told, once, at its place")
    func full() {
        let queue = Self.queue(0..<13, taken: 10)
        #expect(queue.next() == Self.write(0..<10))
        queue.written(lines: 4)
        #expect(
            !queue.append(Self.line(13)),
            "a few lines of room would soon be taken, and there would be gap after gap"
        )
        queue.written(lines: 1)
        #expect(queue.append(Self.line(14)))
        #expect(queue.next() == .tell(lost: 4))
        #expect(queue.next() == Self.write(14..<15))
        queue.written(lines: 6)
        #expect(queue.next() == .wait)
    }

    @Test("a line for which there never is room is lost alone")
    func tooLong() {
        let queue = Bench(limit: 100)
        #expect(!queue.append(Self.line(0, byteCount: 101)))
        #expect(queue.append(Self.line(1)))
        #expect(queue.next() == .tell(lost: 1))
        #expect(queue.next() == Self.write(1..<2))
    }

    @Test("a line that is yet to be made counts for what it is said to take, however long it is then")
    func unmade() {
        let queue = Bench(limit: 100)
        #expect(queue.append(about: 60, Self.line(0, byteCount: 1_000)))
        #expect(!queue.append(about: 41, Self.line(1)))
        #expect(queue.next() == .write(Self.line(0, byteCount: 1_000), lines: 1))
        queue.written(lines: 1)
        #expect(queue.append(about: 100, Self.line(2)))
        #expect(queue.next() == .tell(lost: 1))
        #expect(queue.next() == Self.write(2..<3))
    }

    @Test("what is being written takes room until it is written")
    func underWay() {
        let queue = Self.queue(0..<10)
        #expect(queue.next() == Self.write(0..<10))
        #expect(!queue.append(Self.line(10)))
        #expect(queue.lineCount == 10)
    }

    @Test("lines whose write failed are told of before the next line, and not while none comes")
    func failed() {
        let queue = Self.queue(0..<3)
        #expect(queue.next() == Self.write(0..<3))
        queue.failed(lines: 3)
        #expect(queue.next() == .wait)
        #expect(queue.append(Self.line(3)))
        #expect(queue.next() == .tell(lost: 3))
        queue.lose(3)
        #expect(queue.next() == Self.write(3..<4))
        queue.failed(lines: 1)
        #expect(queue.append(Self.line(4)))
        #expect(queue.next() == .tell(lost: 4), "those of which it could not be told are not forgotten")
    }

    @Test("a queue that was full while its writes failed takes lines again")
    func failedWhileFull() {
        let queue = Self.queue(0..<11, taken: 10)
        #expect(queue.next() == Self.write(0..<10))
        queue.failed(lines: 10)
        #expect(queue.append(Self.line(11)))
        #expect(queue.next() == .tell(lost: 11))
    }

    @Test("a file is changed between what came before and what comes after, once however often it is asked for")
    func reopening() {
        let queue = Self.queue(0..<2)
        queue.reopen()
        queue.reopen()
        #expect(queue.append(Self.line(2)))
        #expect(queue.next() == Self.write(0..<2))
        #expect(queue.next() == .reopen)
        #expect(queue.next() == Self.write(2..<3))
        queue.reopen()
        #expect(queue.next() == .reopen)
        #expect(queue.next() == .wait)
    }

    @Test("at the end what waits is written, then what is lost is told, be it in vain, and nothing more is taken")
    func end() {
        let queue = Self.queue(0..<12, taken: 10)
        queue.end()
        #expect(!queue.append(Self.line(12)))
        #expect(queue.next() == Self.write(0..<10))
        queue.failed(lines: 10)
        #expect(queue.next() == .tell(lost: 13))
        queue.lose(13)
        #expect(queue.next() == .end)
    }

    @Test("whatever happens, each line is written or told of, and none stands before an earlier one")
    func account() {
        for seed in 0..<500 as Range<UInt64> {
            var random = Random(state: seed)
            let queue = Bench(limit: 40_000)
            var written: [Int] = []
            var told = 0
            var count = 0
            var isEnding = false
            /// `false` at the end.
            func step() -> Bool {
                switch queue.next() {
                case .write(let bytes, let lines):
                    if random.next() % 4 == 0 {
                        queue.failed(lines: lines)
                    } else {
                        queue.written(lines: lines)
                        written += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
                            Int($0.prefix { $0 != "." }) ?? -1
                        }
                    }
                case .tell(let lost):
                    // What cannot be told at the very end nobody learns.
                    if !isEnding, random.next() % 4 == 0 { queue.lose(lost) } else { told += lost }
                case .reopen, .wait: break
                case .end: return false
                }
                return true
            }
            for _ in 0..<1_000 {
                switch random.next() % 16 {
                case 0..<10:
                    let byteCount = 8 + Int(random.next() % (random.next() % 64 == 0 ? 6_000 : 600))
                    _ = queue.append(Self.line(count, byteCount: byteCount))
                    count += 1
                case 10: queue.reopen()
                default: _ = step()
                }
            }
            queue.end()
            isEnding = true
            while step() {}
            #expect(zip(written, written.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
            #expect(queue.lineCount == 0, "seed \(seed)")
            #expect(written.count + told == count, "seed \(seed)")
        }
    }
}

/// The queue in a box: `#expect` takes no call that changes a value.
private final class Bench {
    /// What the queue says, as what can be compared.
    enum Step: Equatable {
        case write([UInt8], lines: Int)
        case tell(lost: Int)
        case reopen
        case wait
        case end
    }

    private var queue: LineQueue
    /// Those of which it has not been said yet how they went.
    private var underWay: ArraySlice<LineQueue.Line> = []

    init(limit: Int) { self.queue = LineQueue(limit: limit) }

    var lineCount: Int { self.queue.lineCount }
    func append(_ line: [UInt8]) -> Bool { self.queue.append(LineQueue.Line(line)) }
    func append(about byteCount: Int, _ line: [UInt8]) -> Bool {
        self.queue.append(LineQueue.Line(about: byteCount) { line })
    }
    func reopen() { self.queue.reopen() }
    func end() { self.queue.end() }
    func next() -> Step {
        switch self.queue.next() {
        case .write(let lines):
            self.underWay += lines
            return .write(lines.flatMap(\.text), lines: lines.count)
        case .tell(let lost): return .tell(lost: lost)
        case .reopen: return .reopen
        case .wait: return .wait
        case .end: return .end
        }
    }
    func written(lines: Int) { self.queue.written(self.settle(lines)) }
    func failed(lines: Int) { self.queue.failed(self.settle(lines)) }
    func lose(_ lines: Int) { self.queue.lose(lines) }

    private func settle(_ lines: Int) -> ArraySlice<LineQueue.Line> {
        defer { self.underWay = self.underWay.dropFirst(lines) }
        return self.underWay.prefix(lines)
    }
}

/// SplitMix64, so that a seed tells what happened.
private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
