import Foundation
import Testing

/// A file of recorded or made bytes: lines of `key: value`, an empty line, and hexadecimal.
///
/// A line `00ff * 20` stands for twenty of the same. `#` has no meaning: what there is to say is in the keys.
struct VectorFile: Sendable, CustomTestStringConvertible {
    let name: String
    let header: [String: String]
    let bytes: [UInt8]

    var testDescription: String { self.name }

    /// The values of a key that lists four-digit numbers; `-` lists none. `nil` when the file does not say.
    func numbers(_ key: String) throws -> [UInt16]? {
        guard let value = self.header[key] else { return nil }
        if value == "-" { return [] }
        return try value.split(separator: " ").map { try #require(UInt16($0, radix: 16)) }
    }

    /// `-` stands for none. The outer `nil`: the file does not say.
    func text(_ key: String) -> String?? {
        guard let value = self.header[key] else { return nil }
        return .some(value == "-" ? nil : value)
    }

    /// Every file of a folder beside the tests, in the order of their names. An unreadable one is a test failure of its
    /// own, in ``VectorFileTests``.
    static func all(in folder: String, keys: Set<String>) -> [VectorFile] {
        Self.names(in: folder).compactMap { try? Self(folder: folder, name: $0, keys: keys) }
    }

    static func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: Self.path(of: folder))
        return (names ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    }

    static func path(of folder: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: folder).path()
    }

    init(folder: String, name: String, keys: Set<String>) throws {
        let text = try String(contentsOfFile: "\(Self.path(of: folder))/\(name)", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let blank = try #require(lines.firstIndex(of: ""), "\(name) has no empty line after its header")
        var header: [String: String] = [:]
        for line in lines[..<blank] {
            let colon = try #require(line.range(of: ": "), "\(name): no key in '\(line)'")
            let key = String(line[..<colon.lowerBound])
            try #require(keys.contains(key), "\(name): unknown key '\(key)'")
            try #require(header[key] == nil, "\(name): '\(key)' twice")
            header[key] = String(line[colon.upperBound...])
        }
        try #require(header["source"] != nil, "\(name) does not say where it came from")
        self.name = String(name.dropLast(4))
        self.header = header
        self.bytes = try lines[(blank + 1)...].flatMap { try Self.bytes(of: $0, in: name) }
    }

    private static func bytes(of line: Substring, in name: String) throws -> [UInt8] {
        let parts = line.split(separator: " * ")
        guard let digits = parts.first.map({ Array($0.utf8) }) else { return [] }
        try #require(digits.count % 2 == 0, "\(name): half a byte in '\(line)'")
        let bytes = try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(
                UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16),
                "\(name): '\(line)'"
            )
        }
        let count = parts.count == 2 ? try #require(Int(parts[1]), "\(name): '\(line)'") : 1
        return Array(repeatElement(bytes, count: count).joined())
    }
}

extension VectorFile {
    static let helloKeys: Set<String> = [
        "source", "expected-by", "outcome", "offset", "server-name", "legacy-version", "supported-versions", "alpn",
        "cipher-suites", "groups", "signature-schemes", "key-shares", "extensions", "session-id-length",
        "handshake-length", "beyond",
    ]
    static let hellos = VectorFile.all(in: "Vectors", keys: Self.helloKeys)
    static let completeHellos = Self.hellos.filter { $0.header["outcome"] == "complete" }
    static let brokenHellos = Self.hellos.filter { $0.header["outcome"] != "complete" }

    static let flightKeys: Set<String> = [
        "source", "expected-by", "version", "cipher-suite", "group", "alpn", "retry", "alert",
    ]
    static let serverFlights = VectorFile.all(in: "ServerFlights", keys: Self.flightKeys)
}

@Suite("Vector files")
struct VectorFileTests {
    @Test("every hello vector can be read and says what is expected", arguments: VectorFile.names(in: "Vectors"))
    func readsHello(_ name: String) throws {
        let vector = try VectorFile(folder: "Vectors", name: name, keys: VectorFile.helloKeys)
        #expect(vector.header["outcome"] != nil)
    }

    @Test("every server flight can be read", arguments: VectorFile.names(in: "ServerFlights"))
    func readsFlight(_ name: String) throws {
        _ = try VectorFile(folder: "ServerFlights", name: name, keys: VectorFile.flightKeys)
    }

    @Test("the folders are found: an empty list of arguments would pass unseen")
    func isNotEmpty() {
        #expect(VectorFile.completeHellos.count > 40)
        #expect(VectorFile.brokenHellos.count > 70)
        #expect(VectorFile.serverFlights.count >= 5)
    }
}
