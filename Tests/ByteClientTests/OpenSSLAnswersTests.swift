import ByteClient
import Foundation
import ScenarioModel
import TLSWire
import Testing

@Suite("Built hellos against OpenSSL", .enabled(if: OpenSSLServer.program != nil, "install openssl"))
struct OpenSSLAnswersTests {
    struct Hello: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var maximumVersion = TLSVersion.tls13
        var paddedSize: Int?
        var delivery = Delivery()
        var expectedVersion: UInt16 = 0x0304
    }

    static let hellos: [Hello] = [
        Hello(testDescription: "plain"),
        Hello(testDescription: "TLS 1.2", maximumVersion: .tls12, expectedVersion: 0x0303),
        Hello(testDescription: "2 KB", paddedSize: 2048),
        Hello(testDescription: "16 KB", paddedSize: 16_384),
        Hello(testDescription: "60 KB in four records", paddedSize: 61_440),
        Hello(testDescription: "cut into records inside the name", delivery: Delivery(recordCuts: [.insideServerName])),
        Hello(
            testDescription: "records of 10 bytes, segments of 100",
            delivery: Delivery(recordSize: 10, segmentSize: 100)
        ),
    ]

    @Test("a good hello is answered with a ServerHello", arguments: Self.hellos)
    func isAnswered(_ hello: Hello) throws {
        let server = try OpenSSLServer(arguments: ["-alpn", "h2"])
        var plan = HelloPlan()
        plan.paddedSize = hello.paddedSize
        let flight = try build(plan, alpn: ["h2"], to: hello.maximumVersion)
        let answer = try self.answer(of: server, to: flight, hello.delivery)
        #expect(answer.alerts == [])
        #expect(answer.helloRetryRequest == nil)
        let serverHello = try #require(answer.serverHello)
        #expect(serverHello.selectedVersion == hello.expectedVersion)
        if hello.expectedVersion == 0x0304 {
            #expect(serverHello.selectedGroup == .x25519)
        } else {
            #expect(serverHello.alpnProtocol == Array("h2".utf8))
        }
    }

    @Test("a broken hello is answered with OpenSSL's alert")
    func isRefused() throws {
        let server = try OpenSSLServer(arguments: [])
        var plan = HelloPlan()
        plan.lengthErrors = [HelloPlan.LengthError(field: .extensions, delta: 1)]
        let answer = try self.answer(of: server, to: build(plan), Delivery())
        #expect(answer.alerts == [Alert(.fatal, .decodeError)])
        #expect(!answer.serverHelloSeen)
    }

    private func answer(of server: OpenSSLServer, to flight: FirstFlight, _ delivery: Delivery) throws -> AnswerReader {
        let socket = try LoopbackSocket(port: server.port, readTimeout: 10)
        for segment in try DeliveryPlanner.segments(flight, delivery: delivery) { try socket.write(segment) }
        var answer = AnswerReader()
        while !answer.serverHelloSeen, answer.alerts.isEmpty, answer.breakage == nil {
            let bytes = try socket.read()
            if bytes.isEmpty { break }
            answer.append(bytes)
        }
        return answer
    }
}
