import Foundation
import TLSWire
import Testing

@Suite("Fuzz corpus: ClientHello")
struct CorpusTests {
    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Corpora/ClientHello")
    }

    static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).sorted()

    @Test("the properties hold for every entry", arguments: Self.names)
    func holds(_ name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        #expect(ClientHelloProperties.violation(by: bytes) == nil)
    }

    @Test("the properties hold for every vector", arguments: VectorFile.hellos)
    func holdsForVector(_ vector: VectorFile) {
        #expect(ClientHelloProperties.violation(by: vector.bytes) == nil)
    }

    @Test("the corpus is found")
    func isNotEmpty() { #expect(Self.names.count > 20) }
}
