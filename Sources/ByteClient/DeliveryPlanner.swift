package import ScenarioModel
package import TLSWire

/// Cuts a first flight into TLS records and TCP segments.
package enum DeliveryPlanner {
    /// The segments to send, in order; none is empty.
    ///
    /// The ClientHello's handshake message is re-cut into records, under the first one's version; what comes before and
    /// after its records is left alone. Then the stream is cut into segments. Cutting never changes the handshake
    /// bytes, so an engine's own handshake still completes.
    ///
    /// - Parameters:
    ///   - firstFlight: TLS records with a ClientHello among the first, or anything else. What is not TLS, or is cut
    ///     short, can be cut into segments only, and only by counting: `offset`, `middle`, `beforeLastByte`,
    ///     `segmentSize`.
    ///   - fields: where the server name is, if that is known; otherwise it is looked for.
    package static func segments(
        firstFlight: [UInt8],
        delivery: Delivery,
        fields: FieldMap? = nil
    ) throws(PlanError) -> [[UInt8]] {
        guard !firstFlight.isEmpty else { return [] }
        var stream = HelloStream(firstFlight)
        if !delivery.recordCuts.isEmpty || delivery.recordSize != nil {
            guard let hello = stream.hello else {
                throw .noClientHello(cut: delivery.recordCuts.first.map(Self.name(of:)) ?? "record size")
            }
            let known = fields ?? FieldMap(hello.message)
            var cuts: [Int] = []
            for cut in delivery.recordCuts { cuts.append(try Self.recordCut(cut, hello.message, known)) }
            stream.recut(cuts, maximumLength: delivery.recordSize)
        }
        var cuts: [Int] = []
        for cut in delivery.segmentCuts { cuts += try Self.segmentCuts(cut, stream, fields) }
        return RecordWriter.pieces(of: stream.bytes, cuts: cuts, maximumLength: delivery.segmentSize ?? Int.max)
    }

    /// The segments of a built first flight, whose server name is known to be where it is even if a length is wrong.
    package static func segments(_ flight: FirstFlight, delivery: Delivery) throws(PlanError) -> [[UInt8]] {
        try Self.segments(firstFlight: flight.bytes, delivery: delivery, fields: flight.fields)
    }

    /// An offset in the handshake message.
    private static func recordCut(
        _ cut: Delivery.CutPoint,
        _ message: [UInt8],
        _ fields: FieldMap
    ) throws(PlanError) -> Int {
        switch cut {
        case .insideRecordHeader: throw .notForRecords(cut: Self.name(of: cut))
        case .middle: return try Self.checked(message.count / 2, message.count)
        case .beforeLastByte: return try Self.checked(message.count - 1, message.count)
        case .offset(let offset): return try Self.checked(offset, message.count)
        case .insideHandshakeHeader, .beforeServerName, .insideServerName, .afterServerName:
            return try Self.checked(try Self.fieldOffset(cut, fields), message.count)
        }
    }

    /// Offsets in the stream.
    private static func segmentCuts(
        _ cut: Delivery.CutPoint,
        _ stream: HelloStream,
        _ fields: FieldMap?
    ) throws(PlanError) -> [Int] {
        let count = stream.bytes.count
        switch cut {
        case .middle: return [try Self.checked(count / 2, count)]
        case .beforeLastByte: return [try Self.checked(count - 1, count)]
        case .offset(let offset): return [try Self.checked(offset, count)]
        case .insideRecordHeader:
            guard let hello = stream.hello else { throw .noClientHello(cut: Self.name(of: cut)) }
            return hello.recordStarts.map { $0 + 2 }
        case .insideHandshakeHeader, .beforeServerName, .insideServerName, .afterServerName:
            guard let hello = stream.hello else { throw .noClientHello(cut: Self.name(of: cut)) }
            let offset = try Self.fieldOffset(cut, fields ?? FieldMap(hello.message))
            guard let place = hello.streamOffset(ofMessageByte: offset) else {
                throw .cutOutOfRange(offset: offset, count: hello.message.count)
            }
            // The end of the last record, when nothing follows it, is no cut.
            return place < count ? [place] : []
        }
    }

    /// Where a cut by field is in the handshake message.
    private static func fieldOffset(_ cut: Delivery.CutPoint, _ fields: FieldMap) throws(PlanError) -> Int {
        let offset: Int? =
            switch cut {
            case .insideHandshakeHeader: 2
            case .beforeServerName: fields.serverNameExtension?.lowerBound
            case .afterServerName: fields.serverNameExtension?.upperBound
            // An extension without a readable name is cut in its own middle.
            case .insideServerName: (fields.hostName ?? fields.serverNameExtension).map { $0.lowerBound + $0.count / 2 }
            case .insideRecordHeader, .middle, .beforeLastByte, .offset: nil
            }
        guard let offset else { throw .noServerName(cut: Self.name(of: cut)) }
        return offset
    }

    private static func checked(_ offset: Int, _ count: Int) throws(PlanError) -> Int {
        guard offset > 0, offset < count else { throw .cutOutOfRange(offset: offset, count: count) }
        return offset
    }

    /// As scenario files write it.
    private static func name(of cut: Delivery.CutPoint) -> String {
        switch cut {
        case .insideRecordHeader: "inside-record-header"
        case .insideHandshakeHeader: "inside-handshake-header"
        case .beforeServerName: "before-server-name"
        case .insideServerName: "inside-server-name"
        case .afterServerName: "after-server-name"
        case .middle: "middle"
        case .beforeLastByte: "before-last-byte"
        case .offset(let offset): "\(offset)"
        }
    }
}
