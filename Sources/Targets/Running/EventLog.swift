internal import Foundation
internal import ProgramKit
internal import ScenarioModel
internal import Synchronization

/// The JSON lines that a target writes, one for every connection that ended; read as they are added. Events of anything else than a
/// connection may stand among them.
///
/// What the target does not write as it should is a trouble of the target's, and keeps no other event from being read.
final class EventLog: Sendable {
    private let file: URL
    private let state = Mutex(State())

    fileprivate struct State {
        var offset: UInt64 = 0
        var events: [String: [ConnectionEvent]] = [:]
        var unreadable: String?
        var badLines: [String] = []
        var badLineCount = 0
        var ids: Set<String> = []
        /// The first that came a second time, and how many did.
        var repeated: (id: String, count: Int)?
    }

    init(file: URL) {
        self.file = file
    }

    /// Those that were written so far for this server name, in any case of letters.
    func events(forServerName name: String) -> [ConnectionEvent] {
        self.state.withLock { state in
            state.readMore(from: self.file)
            return state.events[name.lowercased()] ?? []
        }
    }

    /// What was wrong with the file itself, by now.
    var troubles: [String] {
        self.state.withLock { state in
            state.readMore(from: self.file)
            var troubles = state.unreadable.map { [$0] } ?? []
            troubles += state.badLines.map { "\(self.file.lastPathComponent) has a line that is no event: \($0)" }
            let rest = state.badLineCount - state.badLines.count
            if rest > 0 { troubles.append("\(self.file.lastPathComponent) has \(rest) more lines that are no events") }
            if let repeated = state.repeated {
                let events = repeated.count == 1 ? "an event" : "\(repeated.count) events"
                troubles.append("\(self.file.lastPathComponent) has \(events) with an id of before: \(repeated.id)")
            }
            return troubles
        }
    }
}

extension EventLog.State {
    /// So many bad lines are shown.
    private static let shownLines = 3

    fileprivate mutating func readMore(from file: URL) {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            try handle.seek(toOffset: self.offset)
            data = try handle.readToEnd() ?? Data()
            self.unreadable = nil
        } catch {
            self.unreadable = "the events in \(file.path) cannot be read: \(Reason.text(of: error))"
            return
        }
        // The last line may be half written; it is read the next time.
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return }
        self.offset += UInt64(end - data.startIndex + 1)
        for line in data[..<end].split(separator: UInt8(ascii: "\n")) {
            do {
                let envelope = try JSONDecoder().decode(Envelope.self, from: line)
                // Whoever reads events tells one that came twice from two by their ids.
                if !self.ids.insert(envelope.eventID).inserted {
                    self.repeated = (self.repeated?.id ?? envelope.eventID, (self.repeated?.count ?? 0) + 1)
                }
                guard envelope.isOfConnection else { continue }
                let event = try JSONDecoder().decode(WrittenEvent.self, from: line)
                self.events[event.object.conn.serverName.lowercased(), default: []].append(event.value)
            } catch {
                self.badLineCount += 1
                guard self.badLines.count < Self.shownLines else { continue }
                self.badLines.append(String(decoding: line.prefix(200), as: UTF8.self))
            }
        }
    }
}

/// What every event has.
private struct Envelope: Decodable {
    var eventID: String
    var eventType: String
    var object: Object

    enum CodingKeys: String, CodingKey {
        case eventID = "event_id"
        case eventType = "event_type"
        case object
    }

    /// Of any kind: only a connection has this member.
    struct Object: Decodable {
        var conn: Connection?

        struct Connection: Decodable {}
    }

    /// By its object, whatever type it says it has; and by its type, whatever its object lacks.
    var isOfConnection: Bool { self.object.conn != nil || self.eventType.hasPrefix("tcp_connection_closed.") }
}

/// The event of a connection as it is on the line.
private struct WrittenEvent: Decodable {
    var eventID: String
    var eventType: String
    var object: Object

    enum CodingKeys: String, CodingKey {
        case eventID = "event_id"
        case eventType = "event_type"
        case object
    }

    struct Object: Decodable {
        var conn: Connection
        var ipPolicy: Policy?
        var trafficPolicy: Logs?

        enum CodingKeys: String, CodingKey {
            case conn
            case ipPolicy = "ip_policy"
            case trafficPolicy = "traffic_policy"
        }
    }

    struct Policy: Decodable {
        var decision: String?
    }

    struct Logs: Decodable {
        var logs: [[String: String]]
    }

    struct Connection: Decodable {
        var bytesIn: Int
        var bytesOut: Int
        var clientIP: String
        var start: String
        var end: String
        var serverIP: String
        var serverName: String
        var serverPort: Int?

        enum CodingKeys: String, CodingKey {
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
            case clientIP = "client_ip"
            case start = "start_ts"
            case end = "end_ts"
            case serverIP = "server_ip"
            case serverName = "server_name"
            case serverPort = "server_port"
        }
    }

    var value: ConnectionEvent {
        let connection = self.object.conn
        var event = ConnectionEvent(
            eventID: self.eventID,
            eventType: self.eventType,
            serverName: connection.serverName,
            clientIP: connection.clientIP,
            serverIP: connection.serverIP,
            serverPort: connection.serverPort,
            bytesIn: connection.bytesIn,
            bytesOut: connection.bytesOut,
            startTimestamp: connection.start,
            endTimestamp: connection.end,
            ipPolicyDecision: self.object.ipPolicy?.decision
        )
        event.logs = self.object.trafficPolicy?.logs
        return event
    }
}
