import TLSWire
import Testing

@Suite("Records")
struct RecordTests {
    @Test("a stream of records is read back in any segments", arguments: [1, 2, 5, 6, 1000])
    func readsBack(_ segmentSize: Int) throws {
        let records = [
            TLSRecord(type: .handshake, version: 0x0301, payload: [1, 2, 3]),
            TLSRecord(type: .changeCipherSpec, payload: [1]),
            TLSRecord(type: .applicationData, payload: []),
            TLSRecord(type: ContentType(rawValue: 99), payload: Array(repeating: 7, count: 300)),
        ]
        let stream = records.flatMap { $0.encoded() }
        var reader = RecordReader()
        var read: [TLSRecord] = []
        for segment in RecordWriter.pieces(of: stream, cuts: [], maximumLength: segmentSize) {
            reader.append(segment)
            while let record = try reader.next() { read.append(record) }
        }
        #expect(read == records)
        #expect(reader.streamOffset == stream.count)
        #expect(reader.pendingBytes.isEmpty)
    }

    @Test("an overlong record is refused at its header, and stays refused")
    func refusesOverlong() throws {
        var reader = RecordReader(maximumPayloadLength: 16_384)
        reader.append([23, 3, 3, 0x40, 0x00])
        #expect(try reader.next() == nil)
        reader = RecordReader(maximumPayloadLength: 16_384)
        reader.append([23, 3, 3, 0x40, 0x01])
        #expect(throws: WireError(.recordTooLong, field: "", offset: 3, detail: "")) { try reader.next() }
        reader.append([0])
        #expect(throws: WireError(.recordTooLong, field: "", offset: 3, detail: "")) { try reader.next() }
    }

    @Test("text is refused at its second byte")
    func refusesText() {
        var reader = RecordReader()
        reader.append(Array("HT".utf8))
        let error = #expect(throws: WireError.self) { try reader.next() }
        #expect(error?.code == .badRecordVersion)
        #expect(error?.offset == 1)
    }

    @Test(
        "a message is cut where it should be",
        arguments: [
            Cutting(cuts: [], limit: 100, lengths: [10]),
            Cutting(cuts: [3], limit: 100, lengths: [3, 7]),
            Cutting(cuts: [7, 3, 3, 0, 10, 11, -1], limit: 100, lengths: [3, 4, 3]),
            Cutting(cuts: [], limit: 4, lengths: [4, 4, 2]),
            Cutting(cuts: [5], limit: 4, lengths: [4, 1, 4, 1]),
            Cutting(cuts: [], limit: 5, lengths: [5, 5]),
        ]
    )
    func cuts(_ cutting: Cutting) {
        let message = Array(UInt8(0)..<10)
        let records = RecordWriter.records(message, version: 0x0301, cuts: cutting.cuts, maximumLength: cutting.limit)
        #expect(records.map(\.payload.count) == cutting.lengths)
        #expect(records.flatMap(\.payload) == message)
        #expect(records.allSatisfy { $0.version == 0x0301 && $0.type == .handshake })
    }

    struct Cutting: Sendable {
        var cuts: [Int]
        var limit: Int
        var lengths: [Int]
    }

    @Test("a length can be written wrong on purpose")
    func writesWrongLength() {
        #expect(TLSRecord(type: .handshake, payload: [1, 2]).encoded(lengthDelta: 1) == [22, 3, 3, 0, 3, 1, 2])
    }
}
