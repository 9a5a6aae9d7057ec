import ByteClient
import ScenarioModel
import TLSWire
import Testing

@Suite("Planning deliveries")
struct DeliveryPlannerTests {
    private static let name = "tenant.shakedown.test"

    @Test("the default is the flight as it is, in one segment")
    func plansDefault() throws {
        let flight = try build()
        #expect(try DeliveryPlanner.segments(flight, delivery: Delivery()) == [flight.bytes])
        #expect(try DeliveryPlanner.segments(firstFlight: [], delivery: Delivery()) == [])
    }

    static let deliveries: [Delivery] = [
        Delivery(recordCuts: [.insideHandshakeHeader]),
        Delivery(recordCuts: [.beforeServerName, .insideServerName, .afterServerName]),
        Delivery(recordCuts: [.middle, .beforeLastByte, .offset(7)]),
        Delivery(recordSize: 1),
        Delivery(recordCuts: [.insideServerName], segmentCuts: [.insideRecordHeader], gapMilliseconds: 20),
        Delivery(recordSize: 1, segmentSize: 1),
        Delivery(segmentCuts: [.insideHandshakeHeader, .beforeServerName, .insideServerName, .afterServerName]),
        Delivery(segmentCuts: [.middle, .beforeLastByte, .offset(1)], segmentSize: 100),
    ]

    @Test("cutting never changes the handshake message or what follows it", arguments: Self.deliveries)
    func keepsBytes(_ delivery: Delivery) throws {
        var plan = HelloPlan()
        plan.recordsAfter = [HelloPlan.RawRecord(type: 23, payload: ByteString([9, 9]))]
        let flight = try build(plan)
        let segments = try DeliveryPlanner.segments(flight, delivery: delivery)
        #expect(segments.allSatisfy { !$0.isEmpty })
        let stream = Array(segments.joined())
        #expect(try read(stream) == read(flight.bytes))
        #expect(stream.suffix(7) == [23, 3, 3, 0, 2, 9, 9])
        if let size = delivery.segmentSize { #expect(segments.allSatisfy { $0.count <= size }) }
    }

    @Test("records are cut where the cut points say")
    func cutsRecords() throws {
        let flight = try build()
        let delivery = Delivery(recordCuts: [.insideServerName])
        let stream = Array(try DeliveryPlanner.segments(flight, delivery: delivery).joined())
        var reader = RecordReader()
        reader.append(stream)
        let first = try #require(try reader.next())
        let second = try #require(try reader.next())
        #expect(first.version == 0x0301)
        #expect(first.payload.hasSuffix(Array("tenant.sha".utf8)))
        #expect(Array(second.payload[..<11]) == Array("kedown.test".utf8))
    }

    @Test(
        "segments are cut where the cut points say, also behind records that were cut",
        arguments: [
            (Delivery.CutPoint.insideServerName, Array("tenant.sha".utf8)),
            (.insideHandshakeHeader, [22, 3, 1, 0, 3, 1, 0]),
            (.beforeLastByte, []),
        ]
    )
    func cutsSegments(_ cut: Delivery.CutPoint, _ ending: [UInt8]) throws {
        for recordCuts: [Delivery.CutPoint] in [[], [.offset(3)]] {
            let segments = try DeliveryPlanner.segments(
                build(),
                delivery: Delivery(recordCuts: recordCuts, segmentCuts: [cut])
            )
            #expect(segments.count == 2)
            if cut != .insideHandshakeHeader || !recordCuts.isEmpty { #expect(segments[0].hasSuffix(ending)) }
            if cut == .beforeLastByte { #expect(segments[1].count == 1) }
        }
    }

    @Test("every record header of the hello is cut inside")
    func cutsHeaders() throws {
        let segments = try DeliveryPlanner.segments(
            build(),
            delivery: Delivery(recordCuts: [.middle, .beforeLastByte], segmentCuts: [.insideRecordHeader])
        )
        #expect(segments.count == 4)
        #expect(segments[0] == [22, 3])
        #expect(segments[1].hasSuffix([22, 3]))
    }

    @Test("a cut by the name finds it even if a length before it is wrong")
    func usesKnownFields() throws {
        var plan = HelloPlan()
        plan.lengthErrors = [HelloPlan.LengthError(field: .sessionID, delta: 5)]
        let flight = try build(plan)
        let segments = try DeliveryPlanner.segments(flight, delivery: Delivery(segmentCuts: [.insideServerName]))
        #expect(segments.first?.hasSuffix(Array("tenant.sha".utf8)) == true)
        let recut = try DeliveryPlanner.segments(flight, delivery: Delivery(recordCuts: [.insideServerName]))
        var reader = RecordReader()
        reader.append(Array(recut.joined()))
        #expect(try reader.next()?.payload.hasSuffix(Array("tenant.sha".utf8)) == true)
    }

    @Test("bytes that are no TLS can be cut by counting alone")
    func cutsRaw() throws {
        let text = Array("EHLO a.test\r\n".utf8)
        let counted = Delivery(segmentCuts: [.offset(4), .middle, .beforeLastByte])
        #expect(try DeliveryPlanner.segments(firstFlight: text, delivery: counted).map(\.count) == [4, 2, 6, 1])
        #expect(throws: PlanError.noClientHello(cut: "inside-server-name")) {
            _ = try DeliveryPlanner.segments(firstFlight: text, delivery: Delivery(segmentCuts: [.insideServerName]))
        }
        #expect(throws: PlanError.noClientHello(cut: "middle")) {
            _ = try DeliveryPlanner.segments(firstFlight: text, delivery: Delivery(recordCuts: [.middle]))
        }
    }

    @Test("a cut that cannot be made is told, and not left out")
    func refusesImpossible() throws {
        let nameless = try build(serverName: nil)
        #expect(throws: PlanError.noServerName(cut: "inside-server-name")) {
            _ = try DeliveryPlanner.segments(nameless, delivery: Delivery(recordCuts: [.insideServerName]))
        }
        #expect(throws: PlanError.notForRecords(cut: "inside-record-header")) {
            _ = try DeliveryPlanner.segments(nameless, delivery: Delivery(recordCuts: [.insideRecordHeader]))
        }
        let count = nameless.bytes.count
        for offset in [0, count, -1] {
            #expect(throws: PlanError.cutOutOfRange(offset: offset, count: count)) {
                _ = try DeliveryPlanner.segments(nameless, delivery: Delivery(segmentCuts: [.offset(offset)]))
            }
        }
    }

    @Test("a hello of several records is cut anew as one message")
    func recutsSeveral() throws {
        var plan = HelloPlan()
        plan.paddedSize = 40_000
        let flight = try build(plan)
        let segments = try DeliveryPlanner.segments(flight, delivery: Delivery(recordCuts: [.offset(100)]))
        let stream = Array(segments.joined())
        #expect(try read(stream) == read(flight.bytes))
        #expect(stream[3...4].elementsEqual([0, 100]))
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ other: [UInt8]) -> Bool { self.suffix(other.count).elementsEqual(other) }
}
