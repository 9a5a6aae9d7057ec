import Legs
import OpenSSLEngine
import ScenarioModel
import Testing

@Suite("What tells a client's connection from all others")
struct ConnectionMarkTests {
    private static let random = [UInt8](100..<132)
    /// The beginning of a ClientHello of 200 bytes.
    private static let message: [UInt8] = [1, 0, 0, 196, 3, 3] + Self.random + [UInt8](repeating: 7, count: 162)

    private static func record(_ payload: some Collection<UInt8>, type: UInt8 = 22, length: Int? = nil) -> [UInt8] {
        let length = length ?? payload.count
        return [type, 3, 1, UInt8(length >> 8), UInt8(length & 255)] + payload
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
    }

    @Test(
        "the random is found however the hello is cut, and in hellos that are wrong",
        arguments: [
            Row(testDescription: "one record", bytes: record(message)),
            Row(testDescription: "a record for each byte", bytes: message.flatMap { record([$0]) }),
            Row(
                testDescription: "cut inside the random",
                bytes: record(message[..<20]) + record([UInt8]()) + record(message[20...])
            ),
            Row(testDescription: "behind an alert", bytes: record([1, 0], type: 21) + record(message)),
            Row(testDescription: "behind a change_cipher_spec", bytes: record([1], type: 20) + record(message)),
            Row(testDescription: "a record that claims more", bytes: record(message, length: 5_000)),
            Row(testDescription: "records of another type", bytes: record(message, type: 23)),
            Row(testDescription: "cut short behind the random", bytes: Array(record(message)[..<43])),
        ]
    )
    func random(_ row: Row) {
        #expect(ConnectionMark.random(onWire: row.bytes) == .random(ByteString(Self.random)))
    }

    @Test("less than the whole random tells nobody", arguments: [0, 3, 5, 11, 42])
    func partial(count: Int) {
        #expect(ConnectionMark.random(onWire: Array(Self.record(Self.message)[..<count])) == nil)
    }

    @Test("a nonce is taken from an exchange's line and from nothing else")
    func nonce() {
        #expect(ConnectionMark.nonce(inside: Array("shakedown 00ff\n".utf8)) == .nonce("00ff"))
        #expect(ConnectionMark.nonce(inside: Array("shakedown 00ff seen\n".utf8)) == .nonce("00ff"))
        for text in ["", "shakedown ", "shakedown 00f", "shakedown \n", "GET / HTTP/1.1\r\n"] {
            #expect(ConnectionMark.nonce(inside: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("two sessions of a real engine are told apart, and each is itself")
    func engine() async throws {
        var flights: [[UInt8]] = []
        for _ in 0..<2 {
            let session = try OpenSSLSession(OpenSSLConfiguration(side: .client), serverName: "a.shakedown.test")
            flights.append(await session.step(.start).ciphertext)
        }
        let marks = flights.map { ConnectionMark.random(onWire: $0) }
        #expect(marks[0] != nil && marks[1] != nil && marks[0] != marks[1])
        #expect(ConnectionMark.random(onWire: flights[0] + [1, 2, 3]) == marks[0])
    }
}
