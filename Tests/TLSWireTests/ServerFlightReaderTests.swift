import TLSWire
import Testing

@Suite("Server flights")
struct ServerFlightReaderTests {
    @Test(
        "real answers are read as tshark reads them, in any segments",
        arguments: VectorFile.serverFlights,
        [1, 7, 4096]
    )
    func reads(_ vector: VectorFile, _ segmentSize: Int) throws {
        var reader = ServerFlightReader()
        for segment in RecordWriter.pieces(of: vector.bytes, cuts: [], maximumLength: segmentSize) {
            reader.append(segment)
        }
        if let alert = vector.header["alert"] {
            let numbers = alert.split(separator: " ").compactMap { UInt8($0) }
            #expect(reader.alerts == [Alert(levelByte: numbers[0], code: AlertDescription(rawValue: numbers[1]))])
            #expect(reader.serverHello == nil)
            return
        }
        let isRetry = vector.header["retry"] == "yes"
        #expect((reader.serverHello == nil) == isRetry)
        #expect((reader.helloRetryRequest == nil) != isRetry)
        let hello = try #require(isRetry ? reader.helloRetryRequest : reader.serverHello)
        #expect(try vector.numbers("version") == [hello.selectedVersion])
        #expect(try vector.numbers("cipher-suite") == [hello.cipherSuite.rawValue])
        #expect(try vector.numbers("group") == (hello.selectedGroup.map { [$0.rawValue] } ?? []))
        #expect(hello.alpnProtocol.map { String(decoding: $0, as: UTF8.self) } ?? "-" == vector.header["alpn"])
    }

    @Test("after a HelloRetryRequest the ServerHello is still waited for")
    func readsBoth() throws {
        let retry = try #require(VectorFile.serverFlights.first { $0.name == "openssl-3.0-hello-retry-request" })
        let answer = try #require(VectorFile.serverFlights.first { $0.name == "openssl-3.0-tls13" })
        var reader = ServerFlightReader()
        reader.append(retry.bytes)
        #expect(reader.state == .reading)
        reader.append(answer.bytes)
        #expect(reader.helloRetryRequest?.selectedGroup == .secp384r1)
        #expect(reader.serverHello?.selectedGroup == .x25519)
        #expect(reader.state == .finished)
    }

    @Test("a ServerHello in records of any size is read", arguments: [1, 3, 50])
    func readsFragments(_ size: Int) throws {
        let vector = try #require(VectorFile.serverFlights.first { $0.name == "openssl-3.0-tls13" })
        var records = RecordReader()
        records.append(vector.bytes)
        let first = try #require(try records.next())
        var reader = ServerFlightReader()
        for record in RecordWriter.records(first.payload, maximumLength: size) { reader.append(record.encoded()) }
        #expect(reader.serverHello?.selectedVersion == 0x0304)
    }

    @Test(
        "an answer that is no TLS is recognised",
        arguments: ["HTTP/1.1 400 Bad Request\r\n", "220 mail\r\n", "\u{16}GET"]
    )
    func recognisesText(_ text: String) {
        var reader = ServerFlightReader()
        for byte in text.utf8 { reader.append([byte]) }
        #expect(reader.state == .notTLS)
    }

    @Test(
        "the certificate of TLS 1.2 is read where it is asked for, in records and segments of any size",
        arguments: [1, 7, 4096]
    )
    func readsCertificate(_ size: Int) throws {
        let vector = try #require(VectorFile.serverFlights.first { $0.name == "openssl-3.0-tls12-alpn" })
        var records = RecordReader()
        records.append(vector.bytes)
        var cut: [UInt8] = []
        while let record = try records.next() {
            for piece in RecordWriter.records(record.payload, maximumLength: size) { cut += piece.encoded() }
        }
        for stream in [vector.bytes, cut] {
            var reader = ServerFlightReader(readsCertificates: true)
            var silent = ServerFlightReader()
            for segment in RecordWriter.pieces(of: stream, cuts: [], maximumLength: size) {
                reader.append(segment)
                silent.append(segment)
            }
            #expect(reader.certificates.map(\.count) == [368])
            // SEQUENCE, with a length of two bytes.
            #expect(reader.certificates.first?.starts(with: [0x30, 0x82]) == true)
            #expect(silent.certificates == [])
            #expect(silent.serverHello == reader.serverHello)
        }
    }

    @Test(
        "a broken Certificate message ends the watching, and is none",
        arguments: [
            [11, 0, 0, 2, 0, 0], [11, 0, 0, 3, 0, 0, 1], [11, 0, 0, 6, 0, 0, 3, 0, 0, 1], [11, 0, 0, 4, 0, 0, 0, 0],
        ] as [[UInt8]]
    )
    func brokenCertificate(_ message: [UInt8]) throws {
        let vector = try #require(VectorFile.serverFlights.first { $0.name == "openssl-3.0-tls12-alpn" })
        var records = RecordReader()
        records.append(vector.bytes)
        let hello = try #require(try records.next())
        var reader = ServerFlightReader(readsCertificates: true)
        reader.append(hello.encoded())
        #expect(reader.serverHello != nil)
        reader.append(TLSRecord(type: .handshake, payload: message).encoded())
        guard case .broken = reader.state else {
            Issue.record("the state is \(reader.state)")
            return
        }
        #expect(reader.certificates == [])
    }

    @Test("a broken ServerHello ends the watching and traps nothing")
    func survivesGarbage() {
        var reader = ServerFlightReader()
        reader.append([22, 3, 3, 0, 5, 2, 0, 0, 1, 0])
        #expect(reader.state == .broken(WireError(.truncated, field: "legacy_version", offset: 0, detail: "")))
        reader.append([22, 3, 3])
        #expect(reader.serverHello == nil)
    }

    @Test("a flood of alerts is kept in bounds")
    func boundsAlerts() {
        var reader = ServerFlightReader()
        for _ in 0..<1000 { reader.append(Alert.record(.warning, .userCanceled)) }
        #expect(reader.alerts.count == ServerFlightReader.maximumAlerts)
    }
}
