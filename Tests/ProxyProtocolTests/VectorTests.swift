import Addresses
import Foundation
import ProxyProtocol
import Testing

@Suite("Headers of other implementations")
struct VectorTests {
    @Test("are understood", arguments: try VectorFile.all())
    func understood(_ vector: VectorFile) throws {
        let (header, length) = try complete(vector.bytes)
        #expect(length == vector.bytes.count)
        #expect("\(header.version.rawValue)" == vector.fields["version"])
        #expect("\(header.command)" == vector.fields["command"])
        #expect(header.source?.description == vector.fields["source"])
        #expect(header.destination?.description == vector.fields["destination"])
        #expect(header.crc32c.map { String($0, radix: 16) } == vector.fields["crc32c"])
        #expect(header.uniqueID.map { String(decoding: $0, as: UTF8.self) } == vector.fields["unique-id"])
        #expect(header.alpn.map { String(decoding: $0, as: UTF8.self) } == vector.fields["alpn"])
        #expect(header.authority.map { String(decoding: $0, as: UTF8.self) } == vector.fields["authority"])
        #expect(header.ssl.map { "\($0.client.rawValue)" } == vector.fields["ssl-client"])
        #expect(header.ssl.map { "\($0.verify)" } == vector.fields["ssl-verify"])
        #expect(header.ssl?.version == vector.fields["ssl-version"])
        #expect(header.ssl?.cipher == vector.fields["ssl-cipher"])
        #expect(header.ssl?.commonName == vector.fields["ssl-cn"])
    }

    @Test("are written again as they were", arguments: try VectorFile.all())
    func rewritten(_ vector: VectorFile) throws {
        let (header, _) = try complete(vector.bytes)
        #expect(try ProxyHeaderWriter.write(header) == vector.bytes)
    }

    @Test("need every one of their bytes", arguments: try VectorFile.all())
    func prefixes(_ vector: VectorFile) throws {
        for count in vector.bytes.indices {
            #expect(try read(Array(vector.bytes[..<count])) == .needsMore, "after \(count) bytes")
        }
    }

    @Test("are understood in any two pieces, and byte by byte, without what follows", arguments: try VectorFile.all())
    func splits(_ vector: VectorFile) throws {
        let whole = try read(vector.bytes)
        let stream = vector.bytes + Array("PROXY payload".utf8)
        for cut in 0...vector.bytes.count {
            var reader = ProxyHeaderReader()
            var progress = try reader.append(Array(stream[..<cut]))
            if progress == .needsMore {
                progress = try reader.append(Array(stream[cut...]))
            }
            #expect(progress == whole, "cut at \(cut)")
        }
        var reader = ProxyHeaderReader()
        var progress = ProxyHeaderReader.Progress.needsMore
        for byte in stream {
            progress = try reader.append([byte])
        }
        #expect(progress == whole)
    }

    @Test("with one bit of the checksummed bytes flipped are refused")
    func flippedBits() throws {
        let vectors = try VectorFile.all()
        let vector = try #require(vectors.first { $0.name == "haproxy-v2-tls13-alpn" })
        // The addresses: a change there is well-formed, and only the checksum can tell.
        for index in 16..<28 {
            var bytes = vector.bytes
            bytes[index] ^= 0x10
            let error = try #require(throws: ProxyError.self) { try read(bytes) }
            #expect(error.code == .checksumWrong)
        }
    }

    @Test("and the fuzzer's findings never trap the reader")
    func corpus() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Corpora/ProxyHeader")
        for file in try files(in: folder) {
            ProxyHeaderReplay.run(Array(try Data(contentsOf: file)))
        }
    }
}
