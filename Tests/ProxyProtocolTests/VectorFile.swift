import Foundation
import ProxyProtocol
import Testing

/// A header that another implementation sent, and what it means. Keys that are not known fail the reading.
struct VectorFile: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8] = []
    var fields: [String: String] = [:]

    var testDescription: String { self.name }

    private static let known: Set = [
        "version", "command", "source", "destination", "crc32c", "unique-id", "alpn", "authority", "ssl-client",
        "ssl-verify", "ssl-version", "ssl-cipher", "ssl-cn",
    ]

    init(_ url: URL) throws {
        self.name = url.deletingPathExtension().lastPathComponent
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ": ", maxSplits: 1)
            let key = String(parts[0].hasSuffix(":") ? parts[0].dropLast() : parts[0])
            let value = parts.count > 1 ? String(parts[1]) : ""
            if key == "bytes" {
                self.bytes += stride(from: 0, to: value.count, by: 2).compactMap {
                    UInt8(value.dropFirst($0).prefix(2), radix: 16)
                }
            } else {
                try #require(Self.known.contains(key), "unknown key \(key) in \(url.lastPathComponent)")
                self.fields[key] = value
            }
        }
    }

    static func all() throws -> [VectorFile] {
        try files(in: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")).map(
            VectorFile.init
        )
    }
}

func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .sorted { $0.path < $1.path }
}

func read(_ bytes: [UInt8], versions: Set<ProxyHeader.Version> = [.one, .two]) throws -> ProxyHeaderReader.Progress {
    var reader = ProxyHeaderReader(versions: versions)
    return try reader.append(bytes)
}

func complete(_ bytes: [UInt8]) throws -> (ProxyHeader, Int) {
    guard case .complete(let header, let length) = try read(bytes) else {
        throw Incomplete()
    }
    return (header, length)
}

struct Incomplete: Error {}

/// 16 bytes and a block, with a right length.
func version2(_ versionAndCommand: UInt8 = 0x21, _ family: UInt8 = 0x11, _ block: [UInt8]) -> [UInt8] {
    [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, versionAndCommand, family]
        + [UInt8(block.count >> 8), UInt8(truncatingIfNeeded: block.count)] + block
}

/// 192.0.2.1:1 to 192.0.2.2:2.
let addresses4: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2]
