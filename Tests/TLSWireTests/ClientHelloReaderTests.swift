import TLSWire
import Testing

@Suite("ClientHello reading")
struct ClientHelloReaderTests {
    @Test("real and legal hellos are read as other programs read them", arguments: VectorFile.completeHellos)
    func readsValues(_ vector: VectorFile) throws {
        var reader = ClientHelloReader()
        guard case .complete(let hello) = try reader.append(vector.bytes) else {
            Issue.record("not complete")
            return
        }
        #expect(vector.bytes.count - reader.bytesConsumed == Int(vector.header["beyond"] ?? "0"))
        if let name = vector.text("server-name") { #expect(hello.serverName == name) }
        if let version = try vector.numbers("legacy-version") { #expect([hello.legacyVersion] == version) }
        if let versions = try vector.numbers("supported-versions") {
            #expect(hello.supportedVersions ?? [] == versions)
            #expect(hello.offersTLS13 == versions.contains(0x0304))
        }
        if let alpn = vector.text("alpn") {
            #expect(
                hello.alpnProtocols.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ") == alpn ?? ""
            )
        }
        if let suites = try vector.numbers("cipher-suites") { #expect(hello.cipherSuites.map(\.rawValue) == suites) }
        if let groups = try vector.numbers("groups") { #expect(hello.supportedGroups.map(\.rawValue) == groups) }
        if let schemes = try vector.numbers("signature-schemes") {
            #expect(hello.signatureSchemes.map(\.rawValue) == schemes)
        }
        if let shares = try vector.numbers("key-shares") {
            #expect((hello.keyShareGroups ?? []).map(\.rawValue) == shares)
        }
        if let extensions = try vector.numbers("extensions") {
            #expect(hello.extensions.map(\.type.rawValue) == extensions)
            #expect(hello.hasEncryptedClientHello == extensions.contains(0xfe0d))
        }
        if let length = vector.header["session-id-length"] { #expect(hello.legacySessionID.count == Int(length)) }
        if let length = vector.header["handshake-length"] { #expect(hello.handshakeLength == Int(length)) }
    }

    /// They are for whoever ends TLS to judge, and an edge that passes on must not.
    @Test(
        "of a malformed list of signature algorithms there are none",
        arguments: [[], [0], [0, 2], [0, 4, 4, 3], [0, 1, 4]]
    )
    func malformedSchemes(data: [UInt8]) throws {
        let template = ClientHelloTemplate(
            random: Array(repeating: 1, count: 32),
            cipherSuites: [.aes128GCMSHA256],
            extensions: [Extension(type: .signatureAlgorithms, data: data)]
        )
        #expect(try ClientHello(message: ClientHelloWriter.write(template).message).signatureSchemes == [])
    }

    @Test("each broken hello fails for its own reason, where it goes wrong", arguments: VectorFile.brokenHellos)
    func rejects(_ vector: VectorFile) throws {
        var reader = ClientHelloReader()
        let error = try #require(throws: WireError.self) { _ = try reader.append(vector.bytes) }
        #expect(error.code.name == vector.header["outcome"], "\(error)")
        #expect(error.offset == Int(vector.header["offset"] ?? ""), "\(error)")
        #expect(throws: error) { _ = try reader.append([0x16]) }
    }

    @Test("the outcome is the same in whatever segments the bytes come", arguments: VectorFile.hellos)
    func ignoresSegmentation(_ vector: VectorFile) {
        expectSegmentationMakesNoDifference(vector.bytes)
    }

    @Test("the hello is the same in whatever records it comes", arguments: VectorFile.completeHellos)
    func ignoresRecords(_ vector: VectorFile) throws {
        let hello = try self.hello(of: vector)
        for size in [1, 2, 3, 5, 63, 512, 16_384] {
            let records = RecordWriter.records(hello.encoded(), version: hello.recordVersion, maximumLength: size)
            let stream = records.flatMap { $0.encoded() }
            #expect(
                HelloOutcome.reading([stream[...]]) == .complete(hello, bytesConsumed: stream.count),
                "records of \(size) bytes"
            )
        }
    }

    @Test(
        "a broken message fails alike in any records, at the same byte of the message",
        arguments: VectorFile.brokenHellos
    )
    func rejectsInAnyRecords(_ vector: VectorFile) throws {
        guard let record = try self.onlyRecord(of: vector) else { return }
        guard case .failed(let code, let offset) = HelloOutcome.reading([vector.bytes[...]]) else {
            Issue.record("not rejected")
            return
        }
        // What is about the record itself moves with the records.
        guard ![.bytesAfterMessage, .unexpectedRecordType, .badRecordVersion].contains(code) else { return }
        let messageOffset = offset - TLSRecord.headerLength
        for size in [1, 7, 100] {
            let stream = RecordWriter.records(record.payload, maximumLength: size).flatMap { $0.encoded() }
            let moved = messageOffset + (messageOffset / size + 1) * TLSRecord.headerLength
            // Just after the last byte there is no further record.
            let isEnd = messageOffset == record.payload.count && messageOffset % size == 0
            let expected = isEnd ? moved - TLSRecord.headerLength : moved
            #expect(
                HelloOutcome.reading([stream[...]]) == .failed(code: code, offset: expected),
                "records of \(size) bytes"
            )
        }
    }

    @Test("what was read can be written again, byte for byte", arguments: VectorFile.completeHellos)
    func writesBack(_ vector: VectorFile) throws {
        let hello = try self.hello(of: vector)
        let written = try ClientHelloWriter.write(ClientHelloTemplate(hello))
        #expect(written.message == hello.encoded())
        #expect(try ClientHello(message: written.message, recordVersion: hello.recordVersion) == hello)
        let name = written.fields.hostName.map { String(decoding: written.message[$0], as: UTF8.self) }
        #expect(name == hello.serverName)
    }

    @Test("limits are the caller's, and exact")
    func keepsLimits() throws {
        let vector = try #require(VectorFile.completeHellos.first { $0.name == "chromium-156" })
        let length = try self.hello(of: vector).encoded().count
        var limits = ClientHelloReader.Limits()
        limits.maximumHelloLength = length
        var reader = ClientHelloReader(limits: limits)
        #expect(try reader.append(vector.bytes) != .needsMore)
        limits.maximumHelloLength = length - 1
        reader = ClientHelloReader(limits: limits)
        let error = #expect(throws: WireError.self) { _ = try reader.append(Array(vector.bytes[..<9])) }
        #expect(error?.code == .messageTooLong)
        #expect(error?.alert == .decodeError)
    }

    @Test("empty records are tolerated as far as the limit says")
    func toleratesEmptyRecords() throws {
        let vector = try #require(VectorFile.brokenHellos.first { $0.name == "broken-record-empty-between" })
        var limits = ClientHelloReader.Limits()
        limits.maximumEmptyRecords = 1
        var reader = ClientHelloReader(limits: limits)
        guard case .complete(let hello) = try reader.append(vector.bytes) else {
            Issue.record("not complete")
            return
        }
        #expect(hello.serverName == "tenant.shakedown.test")
        #expect(reader.bytesConsumed == vector.bytes.count)
    }

    @Test("a hello that announces its greatest length holds no memory before the bytes come")
    func holdsNoMemoryForPromises() throws {
        var reader = ClientHelloReader()
        #expect(try reader.append([0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xfc]) == .needsMore)
        #expect(reader.bytesConsumed == 9)
    }

    private func hello(of vector: VectorFile) throws -> ClientHello {
        var reader = ClientHelloReader()
        guard case .complete(let hello) = try reader.append(vector.bytes) else {
            throw NotComplete(name: vector.name)
        }
        return hello
    }

    /// `nil` when the stream is not one whole handshake record.
    private func onlyRecord(of vector: VectorFile) throws -> TLSRecord? {
        var reader = RecordReader()
        reader.append(vector.bytes)
        guard let record = try? reader.next(), record.type == .handshake, !record.payload.isEmpty,
            reader.pendingBytes.isEmpty
        else { return nil }
        return record
    }

    private struct NotComplete: Error {
        let name: String
    }
}
