import ByteClient
import TLSWire
import Testing

@Suite("Reading answers")
struct AnswerReaderTests {
    @Test("alerts are read in any segments")
    func readsAlerts() {
        var reader = AnswerReader()
        let stream = Alert.record(.warning, .unrecognizedName) + Alert.record(.fatal, .decodeError)
        for byte in stream { reader.append([byte]) }
        #expect(reader.alerts == [Alert(.warning, .unrecognizedName), Alert(.fatal, .decodeError)])
        #expect(reader.records.map(\.type) == [.alert, .alert])
        #expect(reader.byteCount == 14)
        #expect(!reader.isNotTLS)
        #expect(!reader.serverHelloSeen)
    }

    @Test("text is no TLS")
    func readsText() {
        var reader = AnswerReader()
        reader.append(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        #expect(reader.isNotTLS)
        #expect(reader.breakage?.code == .badRecordVersion)
    }

    @Test("all records are counted and the first are told")
    func counts() {
        var reader = AnswerReader()
        let record = TLSRecord(type: .applicationData, payload: [1, 2, 3])
        for _ in 0..<200 { reader.append(record.encoded()) }
        #expect(reader.recordCount == 200)
        #expect(reader.records.count == AnswerReader.maximumSummaries)
        #expect(reader.records.first?.description == "application_data (3 bytes)")
    }

    @Test("nothing at all is neither TLS nor text")
    func readsNothing() {
        let reader = AnswerReader()
        #expect(!reader.isNotTLS)
        #expect(reader.breakage == nil)
    }
}
