import EdgeStore
import FolderTesting
import Foundation
import Testing

@Suite("The sealing key's file")
struct SealingKeyTests {
    private let folder: StoreFolder
    static let digits = String(repeating: "0aF9", count: 16)

    init() throws { self.folder = try StoreFolder() }

    private func refusal(makingIfAbsent: Bool = true, at path: String? = nil) throws -> StoreError {
        try #require(throws: StoreError.self) {
            try SealingKey.read(path: path ?? self.folder.keyPath, makingIfAbsent: makingIfAbsent)
        }
    }

    @Test("is made once, for its owner alone, and read again as it is")
    func making() throws {
        _ = try SealingKey.read(path: self.folder.keyPath, makingIfAbsent: true)
        let text = try String(contentsOfFile: self.folder.keyPath, encoding: .utf8)
        #expect(text.wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
        #expect(try self.folder.mode(of: "edge.key") == 0o600)
        for makingIfAbsent in [true, false] {
            _ = try SealingKey.read(path: self.folder.keyPath, makingIfAbsent: makingIfAbsent)
            #expect(try String(contentsOfFile: self.folder.keyPath, encoding: .utf8) == text)
        }
        // Nothing else stays behind.
        #expect(try self.folder.files() == [:])
    }

    @Test("is another each time")
    func fresh() throws {
        let texts = try (1...3)
            .map { number in
                let path = self.folder.place("\(number).key")
                _ = try SealingKey.read(path: path, makingIfAbsent: true)
                return try String(contentsOfFile: path, encoding: .utf8)
            }
        #expect(Set(texts).count == texts.count)
    }

    @Test("is one for all that make it at the same time")
    func race() async throws {
        let path = self.folder.keyPath
        let object = StoredObject.sample("certificate", "a", secret: "key")
        let keys = try await withThrowingTaskGroup { group in
            for _ in 1...8 { group.addTask { try SealingKey.read(path: path, makingIfAbsent: true) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try self.folder.withStore { try $0.apply(StoredChange(put: [object])) }
        for key in keys {
            let store = try ObjectStore(path: self.folder.path, sealingKey: key)
            #expect(try store.load() == [object])
            try store.close()
        }
    }

    @Test("is not made where it must be there")
    func absent() throws {
        let error = try self.refusal(makingIfAbsent: false)
        #expect(error.code == .unusable)
        #expect(error.message == "there is no sealing key \(self.folder.keyPath)")
        #expect(!FileManager.default.fileExists(atPath: self.folder.keyPath))
    }

    @Test(
        "is refused where others may read or write it, and mended by the hint",
        arguments: [0o604, 0o640, 0o660, 0o644, 0o602]
    )
    func openToOthers(mode: Int) throws {
        try self.folder.write(Array(Self.digits.utf8), mode: mode, to: "edge.key")
        let error = try self.refusal()
        #expect(error.code == .openToOthers)
        #expect(
            error.message.hasPrefix(
                "the sealing key \(self.folder.keyPath) is open to others (mode \(String(mode, radix: 8)))"
            )
        )
        #expect(error.hint?.contains("'chmod 600 \(self.folder.keyPath)'") == true)
        #expect(try self.folder.mode(of: "edge.key") == mode)
        try self.folder.setMode(0o600, of: "edge.key")
        _ = try SealingKey.read(path: self.folder.keyPath, makingIfAbsent: false)
    }

    @Test(
        "may end with its line or without, and otherwise is 64 digits and nothing else",
        arguments: [
            (SealingKeyTests.digits, true), (SealingKeyTests.digits + "\n", true), ("", false), ("\n", false),
            (SealingKeyTests.digits + "\n\n", false),
            (SealingKeyTests.digits + "0", false), (SealingKeyTests.digits + "00", false),
            (SealingKeyTests.digits.dropLast() + "g", false),
            (SealingKeyTests.digits.dropLast() + "\n", false), (" " + SealingKeyTests.digits, false),
            (String(repeating: SealingKeyTests.digits, count: 1000), false),
        ] as [(String, Bool)]
    )
    func text(text: String, isKey: Bool) throws {
        try self.folder.write(Array(text.utf8), to: "edge.key")
        if isKey {
            _ = try SealingKey.read(path: self.folder.keyPath, makingIfAbsent: false)
        } else {
            let error = try self.refusal()
            #expect(error.code == .badKey)
            #expect(error.message == "\(self.folder.keyPath) holds no sealing key, which is 64 hexadecimal digits")
        }
    }

    @Test("may be a link, since secrets are mounted like that; what the link leads to is what counts")
    func links() throws {
        try self.folder.write(Array(Self.digits.utf8), to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: self.folder.keyPath,
            withDestinationPath: self.folder.place("elsewhere")
        )
        _ = try SealingKey.read(path: self.folder.keyPath, makingIfAbsent: false)
        try self.folder.setMode(0o644, of: "elsewhere")
        #expect(try self.refusal().code == .openToOthers)
    }

    @Test("is neither a folder nor a pipe, which would hold up whoever opens it, and its folder must be there")
    func otherKinds() throws {
        let pipe = self.folder.place("pipe")
        // The path is read during the call only.
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let nowhere = self.folder.place("no/edge.key")
        for (path, words) in [
            (pipe, "the sealing key \(pipe) is no file"),
            (self.folder.place(""), "is no file"),
            (nowhere, "cannot make the sealing key \(nowhere): no such file or directory"),
        ] {
            let error = try self.refusal(at: path)
            #expect(error.code == .unusable)
            #expect(error.message.hasSuffix(words))
            #expect(error.hint != nil)
        }
    }

    @Test("is a value that does not print")
    func doesNotPrint() throws {
        let key = try self.folder.key()
        for text in ["\(key)", String(reflecting: key), "\([key])"] { #expect(text.contains("<sealing key>")) }
        #expect(Mirror(reflecting: key).children.isEmpty)
    }
}
