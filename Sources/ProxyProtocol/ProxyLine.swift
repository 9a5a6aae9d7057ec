import Addresses

/// The version 1 grammar (section 2.1).
enum ProxyLine {
    /// Reads a line that starts with `PROXY ` and has lost its CRLF.
    static func read(_ line: ArraySlice<UInt8>) throws(ProxyError) -> ProxyHeader {
        let space = UInt8(ascii: " ")
        let fields = line.split(separator: space, omittingEmptySubsequences: false)
        let protocolName = String(decoding: fields[1], as: UTF8.self)
        if protocolName == "UNKNOWN" {
            // The receiver ignores everything up to the CRLF.
            return ProxyHeader(version: .one, transport: .unspecified, addresses: .unknown)
        }
        guard protocolName == "TCP4" || protocolName == "TCP6" else {
            throw ProxyError(.protocolUnknown, field: "protocol", offset: fields[1].startIndex)
        }
        guard fields.count == 6, fields.allSatisfy({ !$0.isEmpty }) else {
            throw ProxyError(.lineMalformed, field: "line", offset: fields[1].startIndex)
        }
        let isIPv4 = protocolName == "TCP4"
        let source = TransportAddress(
            ip: try self.address(fields[2], "source address", isIPv4: isIPv4),
            port: try self.port(fields[4], "source port")
        )
        let destination = TransportAddress(
            ip: try self.address(fields[3], "destination address", isIPv4: isIPv4),
            port: try self.port(fields[5], "destination port")
        )
        return ProxyHeader(version: .one, addresses: .ip(source: source, destination: destination))
    }

    private static func address(
        _ text: ArraySlice<UInt8>,
        _ field: String,
        isIPv4: Bool
    ) throws(ProxyError) -> IPAddress {
        guard let address = IPAddress(String(decoding: text, as: UTF8.self)) else {
            throw ProxyError(.addressInvalid, field: field, offset: text.startIndex)
        }
        guard address.isIPv4 == isIPv4 else {
            throw ProxyError(.familyMismatch, field: field, offset: text.startIndex)
        }
        return address
    }

    private static func port(_ text: ArraySlice<UInt8>, _ field: String) throws(ProxyError) -> UInt16 {
        guard let port = TransportAddress.port(text) else {
            throw ProxyError(.portInvalid, field: field, offset: text.startIndex)
        }
        return port
    }
}
