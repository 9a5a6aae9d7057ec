internal import Foundation
internal import ScenarioModel
internal import Synchronization

/// The JSON lines that a target writes, one for every connection that ended; read as they are added.
final class EventLog: Sendable {
    private let file: URL
    private let state = Mutex(State())

    fileprivate struct State {
        var offset: UInt64 = 0
        var events: [String: [ConnectionEvent]] = [:]
    }

    init(file: URL) {
        self.file = file
    }

    /// Those that were written so far for this server name, in any case of letters.
    func events(forServerName name: String) throws(TargetError) -> [ConnectionEvent] {
        let file = self.file
        let result: Result<[ConnectionEvent], TargetError> = self.state.withLock { state in
            do throws(TargetError) {
                try state.readMore(from: file)
                return .success(state.events[name.lowercased()] ?? [])
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension EventLog.State {
    fileprivate mutating func readMore(from file: URL) throws(TargetError) {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            try handle.seek(toOffset: self.offset)
            data = try handle.readToEnd() ?? Data()
        } catch {
            throw TargetError(
                .badEvents, "the events in \(file.path) cannot be read: \((error as NSError).localizedDescription)")
        }
        // The last line may be half written; it is read the next time.
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return }
        self.offset += UInt64(end - data.startIndex + 1)
        for line in data[..<end].split(separator: UInt8(ascii: "\n")) {
            let event: WrittenEvent
            do {
                event = try JSONDecoder().decode(WrittenEvent.self, from: line)
            } catch {
                throw TargetError(
                    .badEvents, "\(file.lastPathComponent) has a line that is no event: \(String(decoding: line.prefix(200), as: UTF8.self))",
                    hint: "\(error)")
            }
            self.events[event.object.conn.server_name.lowercased(), default: []].append(event.value)
        }
    }
}

/// The event as it is on the line; the keys are the document's.
private struct WrittenEvent: Decodable {
    var event_id: String
    var event_type: String
    var object: Object

    struct Object: Decodable {
        var conn: Connection
        var ip_policy: Policy?
    }

    struct Policy: Decodable {
        var decision: String?
    }

    struct Connection: Decodable {
        var bytes_in: Int
        var bytes_out: Int
        var client_ip: String
        var start_ts: String
        var end_ts: String
        var server_ip: String
        var server_name: String
        var server_port: Int?
    }

    var value: ConnectionEvent {
        let connection = self.object.conn
        return ConnectionEvent(
            eventID: self.event_id, eventType: self.event_type, serverName: connection.server_name,
            clientIP: connection.client_ip, serverIP: connection.server_ip, serverPort: connection.server_port,
            bytesIn: connection.bytes_in, bytesOut: connection.bytes_out, startTimestamp: connection.start_ts,
            endTimestamp: connection.end_ts, ipPolicyDecision: self.object.ip_policy?.decision)
    }
}
