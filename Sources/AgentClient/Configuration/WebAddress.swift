package import Addresses
package import ConfigurationFiles

/// Where an agent's local API listens.
package enum WebAddress: Hashable, Sendable {
    case nowhere
    case at(HostAndPort)

    /// Reads `127.0.0.1:4040`, a port alone, which is one of this machine only, or `false`.
    package init(_ text: String) throws(ConfigurationError) {
        if text == "false" {
            self = .nowhere
        } else if let port = TransportAddress.port(text.utf8) {
            self = .at(HostAndPort(host: "127.0.0.1", port: port))
        } else if let place = HostAndPort(text) {
            self = .at(place)
        } else {
            throw ConfigurationError(
                "'\(text)' is no address for the local API",
                hint: "write 127.0.0.1:4040, 4040, or false for none"
            )
        }
    }

    package var address: HostAndPort? {
        switch self {
        case .nowhere: nil
        case .at(let address): address
        }
    }
}
