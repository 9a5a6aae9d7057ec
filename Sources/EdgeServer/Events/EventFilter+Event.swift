import JSONText
import TrafficPolicy

extension EventFilter.Subject {
    /// `nil` for the object of another event than `tcp_connection_closed.v0`.
    init?(_ object: JSONValue) {
        guard let connection = object["conn"], let clientIP = connection["client_ip"]?.text,
            let serverIP = connection["server_ip"]?.text, let serverName = connection["server_name"]?.text,
            case .integer(let serverPort)? = connection["server_port"]
        else { return nil }
        self.init(clientIP: clientIP, serverIP: serverIP, serverName: serverName, serverPort: Int(serverPort))
    }
}
