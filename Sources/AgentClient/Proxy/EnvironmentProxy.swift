import Addresses
import ConfigurationFiles

/// The proxy of a machine's environment, as curl and others read it: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, in lower or
/// upper case.
///
/// It is meant for programs of every kind, so that it leaves out this machine's own addresses, and what the agent's file or flags
/// say of a proxy comes before it.
package struct EnvironmentProxy: Hashable, Sendable {
    /// The variable that it is from, as messages call it.
    let variable: String
    let url: Secret
    let exceptions: [String]

    /// `nil` where no variable names one.
    init?(_ environment: [String: String]) {
        func value(_ name: String) -> (name: String, text: String)? {
            [name, name.uppercased()].lazy.compactMap { name in environment[name].map { (name, $0) } }
                .first { !$0.1.isEmpty }
        }
        guard let found = ["https_proxy", "http_proxy", "all_proxy"].lazy.compactMap(value).first else { return nil }
        self.variable = found.name
        self.url = Secret(found.text)
        self.exceptions = (value("no_proxy")?.text ?? "").split(whereSeparator: { ", ".contains($0) }).map(String.init)
    }

    /// The proxy for this server; `nil` where it is reached without one.
    func address(for server: HostAndPort) throws(ConfigurationError) -> ProxyAddress? {
        guard !Self.isLoopback(server), !self.exceptions.contains(where: { Self.excepts($0, server) }) else {
            return nil
        }
        do {
            return try ProxyAddress(self.url)
        } catch {
            throw ConfigurationError(
                "\(self.variable) of the environment: \(error.message)",
                hint: "\(error.hint ?? ""); or give the agent its own: --proxy-url, empty for none"
            )
        }
    }

    private static func isLoopback(_ server: HostAndPort) -> Bool {
        let name = server.host.lowercased()
        guard let address = IPAddress(server.host).map({ $0.unmapped ?? $0 }) else {
            return name == "localhost" || name.hasSuffix(".localhost")
        }
        return address == .loopback6 || CIDRBlock("127.0.0.0/8")?.contains(address) == true
    }

    /// `*`, `example.com` and `.example.com` with all below, an address, a block of them; each but the first with a port or without.
    private static func excepts(_ exception: String, _ server: HostAndPort) -> Bool {
        if exception == "*" { return true }
        let address = IPAddress(server.host)
        if let block = CIDRBlock(exception) { return address.map { block.contains($0) } ?? false }
        if let other = IPAddress(exception) { return other == address }
        guard let place = HostAndPort(exception, defaultPort: server.port), place.port == server.port else {
            return false
        }
        if let address { return IPAddress(place.host) == address }
        let name = server.host.lowercased()
        let suffix = place.host.lowercased().drop { $0 == "*" }.drop { $0 == "." }
        return name == suffix || name.hasSuffix(".\(suffix)")
    }
}
