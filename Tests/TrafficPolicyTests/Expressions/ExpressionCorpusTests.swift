import Foundation
import Testing
import TrafficPolicy

@Suite("The fuzzer's corpus of expressions")
struct ExpressionCorpusTests {
    @Test("is read and evaluated without a trap, and so is every beginning of it")
    func corpus() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Corpora/Expression")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 10)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            for count in 0...bytes.count { ExpressionReplay.run(Array(bytes[..<count])) }
        }
    }
}
