package import Foundation

/// What an agent's log has said so far, as far as a console shows it.
package struct ConsoleState: Sendable {
    /// More than any terminal has lines for.
    private static let connectionLimit = 50

    private enum Session: Hashable {
        case connecting
        case online
        /// Lost, or not to be had; why, where it was said.
        case offline(String)
    }

    private struct Tunnel: Hashable {
        /// Its URL, or its name where it has none.
        var place: String
        /// Why nobody comes; `nil` while it is online.
        var trouble: String?
    }

    private var session = Session.connecting
    private var wasOnline = false
    private var account = ""
    private var region = ""
    private var latency = ""
    private var tunnels: [String: Tunnel] = [:]
    private var connectionCount = 0
    private var openCount = 0
    private var connections: [String] = []

    package init() {}

    /// - Parameters:
    ///   - sentence: What was logged: messages are constant.
    ///   - data: Its metadata, by the keys that the documentation names.
    package mutating func note(_ sentence: String, _ data: [String: String], at time: Date) {
        // Further legs have the same tunnels, and their troubles are not the agent's.
        let isFirstLeg = data["leg.number"] == nil
        switch sentence {
        case "connection opened":
            self.connectionCount += 1
            self.openCount += 1
        case "connection closed":
            self.openCount -= 1
            self.connections.insert(Self.line(data, at: time), at: 0)
            if self.connections.count > Self.connectionLimit { self.connections.removeLast() }
        case _ where isFirstLeg: self.noteSession(sentence, data)
        default: break
        }
    }

    private mutating func noteSession(_ sentence: String, _ data: [String: String]) {
        let name = data["tunnel.name"] ?? ""
        switch sentence {
        case "session established":
            self.session = .online
            self.wasOnline = true
            self.account = data["account.name"] ?? ""
            self.region = data["server.region"] ?? ""
        case "session lost", "edge cannot be reached, trying again":
            self.session = .offline(data["error"] ?? "")
            self.latency = ""
        case "heartbeat answered": self.latency = data["heartbeat.latency"] ?? ""
        case "tunnel online": self.tunnels[name] = Tunnel(place: data["tunnel.url"] ?? name)
        case "tunnel offline": self.tunnels[name] = nil
        case "tunnel is not online", "tunnel stopped by the edge":
            self.tunnels[name, default: Tunnel(place: name)].trouble = data["error"] ?? ""
        default: break
        }
    }

    /// `14:03:59  web  192.0.2.1:5000  1234 bytes in, 56789 out, 0.3 s`, and what else ended it.
    private static func line(_ data: [String: String], at time: Date) -> String {
        func value(_ key: String) -> String { data[key] ?? "?" }
        let style = Date.ISO8601FormatStyle(timeZone: .current).time(includingFractionalSeconds: false)
        return "\(time.formatted(style))  \(value("tunnel.name"))  \(value("client.address"))  "
            + "\(value("connection.bytes_in")) bytes in, \(value("connection.bytes_out")) out, "
            + "\(value("connection.duration"))\(data["error"].map { "  \($0)" } ?? "")"
    }

    /// - Parameter upstreams: Where each tunnel's clients go, by its name.
    package func screen(upstreams: [String: String]) -> ConsoleScreen {
        var screen = ConsoleScreen()
        screen.facts = [ConsoleScreen.Fact("Session Status", self.status)]
        if self.session == .online { screen.facts.append(ConsoleScreen.Fact("Account", self.account)) }
        screen.facts.append(ConsoleScreen.Fact("Version", SystemDescription.version))
        if self.session == .online {
            screen.facts += [
                ConsoleScreen.Fact("Region", self.region), ConsoleScreen.Fact("Latency", self.latency),
            ]
        }
        screen.forwarding = self.tunnels.sorted { $0.key < $1.key }.map { name, tunnel in
            let trouble = tunnel.trouble.map { "  (\($0))" } ?? ""
            return "\(tunnel.place) -> \(upstreams[name] ?? "?")\(trouble)"
        }
        screen.connectionCount = self.connectionCount
        screen.openCount = self.openCount
        screen.connections = self.connections
        return screen
    }

    private var status: String {
        switch self.session {
        case .connecting: "connecting"
        case .online: "online"
        case .offline(let reason): "\(self.wasOnline ? "reconnecting" : "connecting")  (\(reason))"
        }
    }
}
