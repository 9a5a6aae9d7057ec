import HangTesting
import LegTesting
import Legs
import ScenarioModel
import Testing

/// More than the buffers of both sockets hold, which grow to some 6 MiB on loopback.
private let huge = 16 << 20

@Suite("Leg: huge writes and slow readers", .noHang)
struct LegFlowTests {
    @Test("a writer waits for a reader that does not read")
    func backpressure() async throws {
        let pair = try await LegPair.open()
        let block = [UInt8](repeating: 7, count: 65_536)
        var written = 0
        pair.client.setDeadline(.now + .milliseconds(500))
        while await pair.client.room() == .write {
            pair.client.send(block)
            written += block.count
        }
        // Without backpressure this would be gigabytes.
        #expect(written < 2 * huge)
        await pair.client.close()
        pair.server.expire()
        await pair.server.close()
    }

    enum EndedBefore: CaseIterable {
        case nobody, reader
    }

    @Test(
        "FIN comes after everything that was sent, also when the slow reader has ended its own side",
        arguments: EndedBefore.allCases
    )
    func finIsLast(_ endedBefore: EndedBefore) async throws {
        let pair = try await LegPair.open()
        if endedBefore == .reader {
            pair.server.closeOutput()
            #expect(await pair.client.next() == .fin)
        }
        pair.client.send([UInt8](repeating: 7, count: huge))
        pair.client.closeOutput()
        var received = 0
        while case .bytes(let bytes) = await pair.server.next() {
            received += bytes.count
            await Task.yield()
        }
        #expect(received == huge)
        #expect(await pair.client.flush())
        #expect(pair.server.observation.ending == .fin)
        await pair.close()
    }

    @Test("flushing waits for a reader that comes late, and then the socket can be closed without a loss")
    func flush() async throws {
        let pair = try await LegPair.open()
        pair.client.send([UInt8](repeating: 7, count: huge))
        let closing = Task {
            let isFlushed = await pair.client.flush()
            await pair.client.close()
            return isFlushed
        }
        var received = 0
        while case .bytes(let bytes) = await pair.server.next() { received += bytes.count }
        #expect(await closing.value)
        #expect(received == huge)
        #expect(pair.server.observation.ending == .fin)
        await pair.server.close()
    }

    @Test("flushing ends with a reset")
    func flushAndReset() async throws {
        let pair = try await LegPair.open()
        pair.client.send([UInt8](repeating: 7, count: huge))
        let flushing = Task { await pair.client.flush() }
        #expect(await pair.server.next() != .fin)
        try await pair.server.reset()
        #expect(await !flushing.value)
        await pair.client.close()
        #expect(pair.client.observation.ending == .reset)
    }
}
