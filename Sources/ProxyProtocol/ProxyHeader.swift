package import Addresses

/// A PROXY protocol header: whose connection this is, told by the proxy in front (HAProxy's proxy-protocol.txt, 2026/04/27).
package struct ProxyHeader: Hashable, Sendable {
    package var version: Version
    package var command: Command
    package var transport: Transport
    package var addresses: Addresses
    /// Version 2 only, in the order of the wire.
    package var tlvs: [ProxyTLV]

    package init(
        version: Version,
        command: Command = .proxy,
        transport: Transport = .stream,
        addresses: Addresses,
        tlvs: [ProxyTLV] = []
    ) {
        self.version = version
        self.command = command
        self.transport = transport
        self.addresses = addresses
        self.tlvs = tlvs
    }

    package enum Version: Int, CaseIterable, Hashable, Sendable {
        /// One line of text.
        case one = 1
        /// Binary.
        case two = 2
    }

    package enum Command: UInt8, Hashable, Sendable {
        /// The proxy's own connection, such as a health check: the receiver uses the real endpoints.
        case local = 0
        case proxy = 1
    }

    package enum Transport: UInt8, Hashable, Sendable {
        case unspecified = 0
        case stream = 1
        case datagram = 2
    }

    package enum Addresses: Hashable, Sendable {
        /// `UNKNOWN` in version 1, `UNSPEC` in version 2.
        case unknown
        /// What is read has two addresses of one family. What is written may mix them: see ``ProxyHeaderWriter``.
        case ip(source: TransportAddress, destination: TransportAddress)
        /// Two `sun_path` fields of 108 bytes, zeros at the end included.
        case unix(source: [UInt8], destination: [UInt8])
    }
}

extension ProxyHeader {
    /// The client, when the header names one by IP address and port.
    package var source: TransportAddress? {
        if case .ip(let source, _) = self.addresses { source } else { nil }
    }

    /// The address and port that the client connected to.
    package var destination: TransportAddress? {
        if case .ip(_, let destination) = self.addresses { destination } else { nil }
    }

    /// The value of the first TLV of a type.
    package func value(_ kind: ProxyTLV.Kind) -> [UInt8]? {
        self.tlvs.first { $0.kind == kind }?.value
    }

    /// The negotiated application protocol.
    package var alpn: [UInt8]? { self.value(.alpn) }
    /// The host name the client asked for, as bytes: it is the client's text and may be anything.
    package var authority: [UInt8]? { self.value(.authority) }
    package var uniqueID: [UInt8]? { self.value(.uniqueID) }
    package var networkNamespace: [UInt8]? { self.value(.networkNamespace) }
    /// The checksum as sent. The reader has compared it with its own.
    package var crc32c: UInt32? { self.value(.crc32c).map { $0.reduce(0) { $0 << 8 | UInt32($1) } } }
    /// `nil` when there is no SSL TLV, or (only in a header that was not read) a malformed one.
    package var ssl: ProxySSL? { self.value(.ssl).flatMap { try? ProxySSL(reading: $0, offset: 0) } }
}
