import Muxado

/// All events of some bytes, fed in pieces of `chunkLength`, with the data each DATA piece carried.
struct ReadFrames {
    enum Item: Hashable {
        case data(StreamID, [UInt8], syn: Bool, fin: Bool)
        case event(FrameReader.Event)
    }

    var items: [Item] = []
    var isBetweenFrames = true

    init(_ bytes: [UInt8], chunkLength: Int = .max) throws(MuxadoError) {
        var reader = FrameReader()
        var offset = 0
        while offset < bytes.count {
            let end = chunkLength < bytes.count - offset ? offset + chunkLength : bytes.count
            try self.read(Array(bytes[offset..<end]), with: &reader)
            offset = end
        }
        self.isBetweenFrames = reader.isBetweenFrames
    }

    /// The same, cut once.
    init(_ bytes: [UInt8], cutAt cut: Int) throws(MuxadoError) {
        var reader = FrameReader()
        try self.read(Array(bytes[..<cut]), with: &reader)
        try self.read(Array(bytes[cut...]), with: &reader)
        self.isBetweenFrames = reader.isBetweenFrames
    }

    private mutating func read(_ chunk: [UInt8], with reader: inout FrameReader) throws(MuxadoError) {
        var offset = 0
        while true {
            let step = try reader.next(chunk.span.extracting(offset...))
            offset += step.consumed
            switch step.event {
            case .data(let piece):
                self.append(piece, Array(chunk[offset..<(offset + piece.byteCount)]))
                offset += piece.byteCount
            case .some(let event):
                self.items.append(.event(event))
            case nil:
                return
            }
        }
    }

    /// Pieces of one frame are joined, so that every way to cut the bytes gives the same items.
    private mutating func append(_ piece: DataPiece, _ bytes: [UInt8]) {
        if !piece.isFirst, case .data(let stream, let before, let syn, _)? = self.items.last {
            self.items[self.items.count - 1] = .data(stream, before + bytes, syn: syn, fin: piece.finishes)
        } else {
            self.items.append(.data(piece.stream, bytes, syn: piece.opensStream, fin: piece.finishes))
        }
    }
}

/// A frame as bytes.
func frame(type: UInt8, flags: UInt8 = 0, stream: UInt32, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
    let length = length ?? body.count
    var bytes: [UInt8] = [UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff)]
    bytes.append(type << 4 | flags)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) }
    return bytes + body
}

func piece(
    _ stream: UInt32,
    _ byteCount: Int,
    syn: Bool = false,
    fin: Bool = false,
    isFirst: Bool = true
) -> DataPiece {
    DataPiece(
        stream: StreamID(rawValue: stream),
        opensStream: syn,
        finishes: fin,
        isFirst: isFirst,
        byteCount: byteCount
    )
}

/// Everything a session wants to write now.
func drain(_ session: inout SessionStateMachine) -> [SessionStateMachine.Output] {
    var outputs: [SessionStateMachine.Output] = []
    while let output = session.nextOutput() { outputs.append(output) }
    return outputs
}

func drainControl(_ session: inout SessionStateMachine) -> [ControlFrame] {
    drain(&session).compactMap { output in
        if case .control(let frame) = output { frame } else { nil }
    }
}

func drainTurns(_ session: inout SessionStateMachine) -> [SessionStateMachine.Turn] {
    drain(&session).compactMap { output in
        if case .data(let turn) = output { turn } else { nil }
    }
}

extension StreamID: ExpressibleByIntegerLiteral {
    /// A number as it stands in a test.
    public init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}
