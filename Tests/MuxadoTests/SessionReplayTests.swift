import Foundation
import Muxado
import Testing

@Suite("Any bytes")
struct SessionReplayTests {
    static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpora/Muxado")

    @Test("the fuzzer's corpus runs to an end, and so does every beginning of it")
    func corpusRuns() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.corpus, includingPropertiesForKeys: nil)
        try #require(files.count >= 10)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            for count in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 64)) {
                _ = SessionReplay.run(bytes.span.extracting(first: count))
            }
        }
    }

    @Test("random frames and random bytes never trap", arguments: UInt64(1)...20)
    func random(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            var bytes: [UInt8] = [UInt8.random(in: 1...255, using: &random)]
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let body = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let type = UInt8.random(in: 0...4, using: &random)
                let isControl = type == 0 || type == 2
                bytes += frame(
                    type: type,
                    flags: UInt8.random(in: 0...3, using: &random),
                    stream: UInt32.random(in: 0...9, using: &random),
                    isControl ? Array((body + [0, 0, 0, 1]).prefix(4)) : body
                )
            }
            _ = SessionReplay.run(bytes.span)
        }
    }

    @Test("a session of good frames is delivered")
    func delivered() {
        let bytes: [UInt8] =
            [255] + frame(type: 1, flags: 2, stream: 5, [0, 0, 0, 3]) + frame(type: 1, stream: 5, [1, 2, 3])
        let outcome = SessionReplay.run(bytes.span)
        #expect(outcome.delivered == 7)
        #expect(outcome.error == nil)
    }
}

/// The same numbers for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
