/// One end of a proxied connection: an address and a TCP or UDP port.
package struct ProxyEndpoint: Hashable, Sendable {
    package var address: IPAddress
    package var port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `192.0.2.1:443` or `[2001:db8::1]:443`, as strictly as ``IPAddress`` and without leading zeros in the port.
    package init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard let colon = characters.lastIndex(of: UInt8(ascii: ":")),
            let port = readDecimal(characters[(colon + 1)...], maximum: 65_535)
        else { return nil }
        var host = characters[..<colon]
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]") && host.count > 2
        if isBracketed {
            host = host.dropFirst().dropLast()
        }
        guard let address = IPAddress(String(decoding: host, as: UTF8.self)), address.isIPv4 != isBracketed else {
            return nil
        }
        self.init(address: address, port: UInt16(port))
    }
}

extension ProxyEndpoint: CustomStringConvertible {
    package var description: String {
        self.address.isIPv4 ? "\(self.address):\(self.port)" : "[\(self.address)]:\(self.port)"
    }
}
