import ByteClient
import Legs
import ScenarioModel
import Synchronization
import TLSWire

/// Carries what a program and the edge say to each other, and looks at what of it is in the clear.
///
/// Little is said, so neither side is slowed by the other.
final class ProgramRelay: Sendable {
    private let tap: ProgramTap
    private let end: ContinuousClock.Instant
    /// When the program had ended; what the edge does then is waited for a moment longer.
    private let programEnd = Mutex<ContinuousClock.Instant?>(nil)

    /// How long the edge may take to end a connection that its client has left.
    private static let linger = Duration.seconds(1)
    private static let pause = Duration.milliseconds(100)
    private static let connect = Array("CONNECT ".utf8)
    private static let endOfHead = Array("\r\n\r\n".utf8)

    /// What was on the wire of a connection.
    struct Traffic: Sendable {
        var observation: LegObservation
        var upward = Upward()
        var answer = AnswerReader()
        /// Whether the program said so much that it is known whose connection it was.
        var isRecognised = true
    }

    init(_ tap: ProgramTap, end: ContinuousClock.Instant) {
        self.tap = tap
        self.end = end
    }

    func programEnded() { self.programEnd.withLock { $0 = .now } }

    /// Waits for the program's connection and carries everything until both sides have ended.
    ///
    /// - Parameters:
    ///   - announce: is told the first bytes before they are sent on.
    ///   - dial: connects to the edge, once the program has said something.
    /// - Returns: `nil` where the program made no connection.
    func carry(
        announce: @Sendable (_ opening: [UInt8]) -> Void,
        dial: @Sendable () async throws -> LegFactory.Dialled
    ) async throws -> Traffic? {
        guard let near = await self.tap.connection() else { return nil }
        near.setDeadline(self.end)
        var opening: [UInt8] = []
        // Until it is known whose connection it is.
        while ConnectionMark.random(onWire: opening) == nil {
            guard opening.count < LegObservation.excerptLimit, case .bytes(let bytes) = await near.next() else {
                await near.close()
                return Traffic(observation: LegObservation(), isRecognised: false)
            }
            opening += bytes
            // A program that cannot be told where to connect comes as to a proxy (RFC 9110 section 9.3.6).
            if opening.starts(with: Self.connect), let end = opening.firstRange(of: Self.endOfHead) {
                opening.removeSubrange(..<end.upperBound)
                near.send(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
            }
        }
        announce(opening)
        let far: Leg
        do {
            switch try await dial() {
            case .connected(let leg): far = leg
            case .refused(let observation):
                await near.close()
                return Traffic(observation: observation)
            }
        } catch {
            await near.close()
            throw error
        }
        far.setDeadline(self.end)
        async let upward = self.carryUp(opening, from: near, to: far)
        async let answer = self.carryDown(from: far, to: near)
        let (up, down) = await (upward, answer)
        await near.close()
        await far.close()
        return Traffic(observation: far.observation, upward: up, answer: down)
    }

    private func carryUp(_ opening: [UInt8], from near: Leg, to far: Leg) async -> Upward {
        var upward = Upward()
        upward.send(opening, to: far)
        far.reach(.helloSent)
        while true {
            switch await near.next() {
            case .bytes(let bytes): upward.send(bytes, to: far)
            case .fin:
                far.beginEnd()
                far.closeOutput()
                return upward
            case .reset:
                // One that cannot be reset is gone.
                try? await far.reset()
                return upward
            case .expired: return upward
            }
        }
    }

    private func carryDown(from far: Leg, to near: Leg) async -> AnswerReader {
        var answer = AnswerReader()
        while true {
            switch await far.next(before: .now + Self.pause) {
            case .bytes(let bytes):
                let seen = answer.alerts.count
                answer.append(bytes)
                for alert in answer.alerts[seen...] { far.note(.alert, "received \(alert)") }
                near.send(bytes)
            case .fin:
                near.closeOutput()
                return answer
            case .reset:
                try? await near.reset()
                return answer
            case .expired:
                let now = ContinuousClock.now
                let isLeft = self.programEnd.withLock { $0.map { now >= $0 + Self.linger } ?? false }
                if isLeft || now >= self.end { return answer }
            }
        }
    }
}

/// What a program says, as far as it can be read without keys.
struct Upward: Sendable {
    private(set) var hello: ClientHello?
    /// Those in the clear.
    private(set) var alerts: [HandshakeObservation.Alert] = []
    private var helloReader = ClientHelloReader()
    private var isHelloOver = false
    private var records = RecordReader()
    private var isReadable = true
    /// How many bytes of a record are still to come.
    private var pending = 0
    private var header: [UInt8] = []

    /// Sends what came, and marks in the leg's record where the program's own end begins.
    mutating func send(_ bytes: [UInt8], to far: Leg) {
        self.look(at: bytes)
        if let place = self.placeOfEnd(in: bytes) {
            far.send(Array(bytes[..<place]))
            far.beginEnd()
            far.send(Array(bytes[place...]))
        } else {
            far.send(bytes)
        }
    }

    private mutating func look(at bytes: [UInt8]) {
        if !self.isHelloOver {
            do {
                guard case .complete(let hello) = try self.helloReader.append(bytes) else { return }
                self.hello = hello
            } catch {
                self.hello = nil
            }
            self.isHelloOver = true
        }
        guard self.isReadable else { return }
        self.records.append(bytes)
        do {
            // Two bytes are an alert in the clear (RFC 9846 section 6); with a key there are more.
            while let record = try self.records.next() {
                guard record.type == .alert, record.payload.count == 2 else { continue }
                self.alerts.append(HandshakeObservation.Alert(level: record.payload[0], code: record.payload[1]))
            }
        } catch {
            self.isReadable = false
        }
    }

    /// Where in these bytes a record begins that can only be an alert: one by its type, or one of TLS 1.3 that is too short
    /// for anything else (two bytes, the inner type and a tag of 16). A client that ends says close_notify by it.
    private mutating func placeOfEnd(in bytes: [UInt8]) -> Int? {
        var place: Int?
        var index = 0
        while index < bytes.count {
            if self.pending > 0 {
                let count = min(self.pending, bytes.count - index)
                self.pending -= count
                index += count
                continue
            }
            self.header.append(bytes[index])
            index += 1
            guard self.header.count == 5 else { continue }
            self.pending = Int(self.header[3]) << 8 | Int(self.header[4])
            let isAlert = self.header[0] == 21 || (self.header[0] == 23 && self.pending <= 19)
            if isAlert, place == nil, index >= 5 { place = index - 5 }
            self.header = []
        }
        return place
    }
}
