import Muxado
import Testing

@Suite("Frame reading")
struct FrameReaderTests {
    /// One of each frame, as other implementations write them.
    static let everyKind: [UInt8] =
        frame(type: 1, flags: 2, stream: 3, [0, 0, 0, 3]) + frame(type: 1, stream: 3, Array("hello".utf8))
        + frame(type: 2, stream: 3, [0, 0, 1, 0]) + frame(type: 9, stream: 3, [1, 2, 3])
        + frame(type: 1, flags: 1, stream: 3, []) + frame(type: 0, stream: 2, [0, 0, 0, 4])
        + frame(type: 3, stream: 0, [0, 0, 0, 3, 0, 0, 0, 1] + Array("bye".utf8))

    static let everyItem: [ReadFrames.Item] = [
        .data(3, [0, 0, 0, 3], syn: true, fin: false),
        .data(3, Array("hello".utf8), syn: false, fin: false),
        .event(.windowIncrement(3, by: 256)),
        .data(3, [], syn: false, fin: true),
        .event(.reset(2, .streamClosed)),
        .event(.goAway(lastStream: 3, .protocolError, debug: "bye")),
    ]

    @Test("every kind of frame is read, and unknown kinds are skipped")
    func readsEveryKind() throws {
        #expect(try ReadFrames(Self.everyKind).items == Self.everyItem)
    }

    @Test("the pieces in which bytes arrive make no difference", arguments: [1, 2, 3, 5, 7, 8, 11])
    func chunks(_ chunkLength: Int) throws {
        #expect(try ReadFrames(Self.everyKind, chunkLength: chunkLength).items == Self.everyItem)
    }

    @Test("every cut in two gives the same frames, and every prefix a beginning of them")
    func cuts() throws {
        for cut in 0...Self.everyKind.count {
            #expect(try ReadFrames(Self.everyKind, cutAt: cut).items == Self.everyItem)
            let prefix = try ReadFrames(Array(Self.everyKind[..<cut])).items
            #expect(prefix.count <= Self.everyItem.count)
        }
    }

    @Test("a reader knows whether the input ended inside a frame")
    func endOfInput() throws {
        let data = frame(type: 1, stream: 3, [1, 2, 3])
        #expect(try ReadFrames(data).isBetweenFrames)
        for cut in 1..<data.count {
            #expect(try !ReadFrames(Array(data[..<cut])).isBetweenFrames)
        }
    }

    struct BadInput: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let code: ErrorCode
        var testDescription: String { self.name }
    }

    @Test(
        "frames that can never be right end the session",
        arguments: [
            BadInput(name: "data for stream 0", bytes: frame(type: 1, stream: 0, [1]), code: .protocolError),
            BadInput(name: "reset of stream 0", bytes: frame(type: 0, stream: 0, [0, 0, 0, 1]), code: .protocolError),
            BadInput(
                name: "increment for stream 0",
                bytes: frame(type: 2, stream: 0, [0, 0, 0, 1]),
                code: .protocolError
            ),
            BadInput(name: "short reset", bytes: frame(type: 0, stream: 3, [0, 0, 1]), code: .frameSize),
            BadInput(name: "long reset", bytes: frame(type: 0, stream: 3, [0, 0, 0, 1, 0]), code: .frameSize),
            BadInput(name: "empty increment", bytes: frame(type: 2, stream: 3, []), code: .frameSize),
        ]
    )
    func rejects(_ input: BadInput) throws {
        for chunkLength in [1, 100] {
            let error = try #require(throws: MuxadoError.self) {
                try ReadFrames(input.bytes, chunkLength: chunkLength)
            }
            #expect(error.code == input.code)
            #expect(error.scope == .session)
        }
    }

    @Test("a failed reader takes everything and says nothing")
    func afterFailure() throws {
        var reader = FrameReader()
        let bad = frame(type: 1, stream: 0, [])
        #expect(throws: MuxadoError.self) { try reader.next(bad.span) }
        let step = try reader.next(Self.everyKind.span)
        #expect(step == FrameReader.Step(consumed: Self.everyKind.count, event: nil))
    }

    @Test("a GOAWAY whose length forgets its eight fixed bytes is understood", arguments: ["", "bye"])
    func goAwayOfRust(_ text: String) throws {
        let debug = Array(text.utf8)
        let bytes = frame(type: 3, stream: 0, [0, 0, 0, 5, 0, 0, 0, 2] + debug, length: debug.count)
        #expect(
            try ReadFrames(bytes).items == [.event(.goAway(lastStream: 5, .internalError, debug: text))]
        )
    }

    @Test("the text of a GOAWAY is cut at one kilobyte, and nothing after the frame is read")
    func longGoAway() throws {
        let text = [UInt8](repeating: 0x61, count: 100_000)
        let bytes = frame(type: 3, stream: 0, [0, 0, 0, 5, 0, 0, 0, 2] + text) + frame(type: 1, stream: 0, [])
        #expect(
            try ReadFrames(bytes, chunkLength: 999).items
                == [.event(.goAway(lastStream: 5, .internalError, debug: String(repeating: "a", count: 1_024)))]
        )
    }

    @Test("the reserved bit of a stream's number is ignored")
    func reservedBit() throws {
        let bytes = frame(type: 1, stream: 0x8000_0003, [7])
        #expect(try ReadFrames(bytes).items == [.data(3, [7], syn: false, fin: false)])
    }
}

@Suite("Frame writing")
struct ControlFrameTests {
    @Test("headers survive being written and read")
    func headers() {
        let headers = [
            FrameHeader(type: .data, flags: [.syn, .fin], stream: 0x7fff_ffff, length: 0xff_ffff),
            FrameHeader(type: .reset, stream: 1, length: 4),
            FrameHeader(type: FrameType(rawValue: 15), flags: FrameFlags(rawValue: 15), stream: 0, length: 0),
        ]
        for header in headers {
            #expect(FrameHeader(wireValue: header.wireValue) == header)
        }
    }

    @Test("frames are written as the protocol has them")
    func bytes() {
        #expect(ControlFrame.reset(5, code: .acceptQueueFull).bytes == frame(type: 0, stream: 5, [0, 0, 0, 9]))
        #expect(ControlFrame.windowIncrement(5, by: 65_536).bytes == frame(type: 2, stream: 5, [0, 1, 0, 0]))
        #expect(
            ControlFrame.word(3, 0xffff_ffff, flags: .syn).bytes
                == frame(type: 1, flags: 2, stream: 3, [255, 255, 255, 255])
        )
        #expect(ControlFrame.finish(3).bytes == frame(type: 1, flags: 1, stream: 3, []))
        #expect(
            ControlFrame.goAway(lastStream: 4, code: .protocolError, debug: "no").bytes
                == frame(type: 3, stream: 0, [0, 0, 0, 4, 0, 0, 0, 1, 0x6e, 0x6f])
        )
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        let frames: [ControlFrame] = [
            .word(3, 7, flags: .syn), .finish(3), .reset(3, code: .streamCancelled), .windowIncrement(2, by: 1),
            .goAway(lastStream: 2, code: .noError, debug: "done"),
        ]
        let items = try ReadFrames(frames.flatMap(\.bytes)).items
        #expect(
            items == [
                .data(3, [0, 0, 0, 7], syn: true, fin: false), .data(3, [], syn: false, fin: true),
                .event(.reset(3, .streamCancelled)), .event(.windowIncrement(2, by: 1)),
                .event(.goAway(lastStream: 2, .noError, debug: "done")),
            ]
        )
    }
}

@Suite("Four-byte words")
struct WordReaderTests {
    @Test("words follow each other byte by byte")
    func words() {
        var reader = WordReader()
        let words = [UInt8]([0, 0, 0, 3, 255, 255, 255, 255, 1]).compactMap { reader.append($0) }
        #expect(words == [3, 0xffff_ffff])
        #expect(reader.isPartial)
        #expect(reader.missing == 3)
    }
}

@Suite("Heartbeats")
struct HeartbeatRequesterTests {
    @Test("the right answer tells the latency, whatever pieces it comes in")
    func alive() {
        var requester = HeartbeatRequester()
        requester.asked(0x0102_0304, at: 100)
        let actions = [UInt8](1...4).map { requester.received($0, at: 350) }
        #expect(actions == [.none, .none, .none, .alive(latency: 250)])
    }

    @Test("a peer that was late answers every question that it has missed")
    func late() {
        var requester = HeartbeatRequester()
        requester.asked(1, at: 0)
        #expect(requester.isWaiting)
        requester.asked(2, at: 10)
        let first = [UInt8]([0, 0, 0, 1]).map { requester.received($0, at: 12) }
        let second = [UInt8]([0, 0, 0, 2]).map { requester.received($0, at: 12) }
        #expect(first.last == .alive(latency: 12) && second.last == .alive(latency: 2))
        #expect(!requester.isWaiting)
    }

    @Test("a wrong answer, and an answer nobody asked for, are wrong", arguments: [UInt32?.none, 5])
    func wrong(_ asked: UInt32?) {
        var requester = HeartbeatRequester()
        if let asked { requester.asked(asked, at: 0) }
        let actions = [UInt8]([0, 0, 0, 6]).map { requester.received($0, at: 1) }
        #expect(actions.last == .wrong)
    }
}

@Suite("First in, first out")
struct FIFOTests {
    @Test("elements leave in the order they came, across compactions")
    func order() {
        var queue = FIFO<Int>()
        var next = 0
        for round in 0..<500 {
            queue.append(2 * round)
            queue.append(2 * round + 1)
            #expect(queue.popFirst() == next)
            next += 1
        }
        #expect(queue.count == 500)
        while let element = queue.popFirst() {
            #expect(element == next)
            next += 1
        }
        #expect(next == 1_000)
        #expect(queue.isEmpty)
    }
}
