import TLSWire
import Testing

/// How the reading of a stream stands, comparable in all its details.
enum HelloOutcome: Equatable {
    case needsMore
    case complete(ClientHello, bytesConsumed: Int)
    case failed(code: WireError.Code, offset: Int)

    /// Appends the segments one after the other, to the end even if the reading ended before it.
    static func reading(_ segments: [ArraySlice<UInt8>]) -> HelloOutcome {
        var reader = ClientHelloReader()
        var outcome = HelloOutcome.needsMore
        for segment in segments { outcome = Self.append(Array(segment), to: &reader) }
        return outcome
    }

    static func append(_ bytes: [UInt8], to reader: inout ClientHelloReader) -> HelloOutcome {
        do {
            switch try reader.append(bytes) {
            case .needsMore: return .needsMore
            case .complete(let hello): return .complete(hello, bytesConsumed: reader.bytesConsumed)
            }
        } catch {
            return .failed(code: error.code, offset: error.offset)
        }
    }
}

/// Reads a stream in every way it may arrive and expects one outcome: whole, byte by byte, every prefix on its own, and
/// every split in two. Long streams are split at a sample of places, which includes the first and last ones.
func expectSegmentationMakesNoDifference(_ stream: [UInt8]) {
    let whole = HelloOutcome.reading([stream[...]])
    var reader = ClientHelloReader()
    // afterByte[n] is how it stands when n bytes came.
    var afterByte = [HelloOutcome.needsMore]
    for byte in stream { afterByte.append(HelloOutcome.append([byte], to: &reader)) }
    #expect(afterByte[stream.count] == whole, "byte by byte")
    if let decision = afterByte.firstIndex(where: { $0 != .needsMore }) {
        let changed = afterByte[decision...].firstIndex { $0 != whole }
        #expect(changed == nil, "decided at byte \(decision), and changed its mind")
        if case .failed(_, let offset) = whole { #expect(offset <= decision, "the error lies ahead of the bytes") }
    }
    for count in samplePlaces(stream.count) {
        #expect(HelloOutcome.reading([stream[..<count]]) == afterByte[count], "prefix of \(count) bytes")
        #expect(HelloOutcome.reading([stream[..<count], stream[count...]]) == whole, "split at \(count)")
    }
}

/// Every place in a short stream, about 400 in a long one.
private func samplePlaces(_ count: Int) -> [Int] {
    guard count > 600 else { return Array(0...count) }
    // Fewer of the very long ones, each of which costs a reading.
    let step = count / (count > 10_000 ? 40 : 400)
    let edges = Array(0...60) + Array(count - 8...count)
    return Set(edges + Array(stride(from: 0, to: count, by: step))).sorted()
}
