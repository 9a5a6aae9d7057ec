import TLSWire

enum TestHello {
    /// A ClientHello with hardly anything but a name.
    static func bytes(serverName: String?, offersTLS13: Bool = true) -> [UInt8] {
        func vector(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes }
        var extensions: [UInt8] = []
        if let serverName { extensions += [0, 0] + vector(vector([0] + vector(Array(serverName.utf8)))) }
        if offersTLS13 { extensions += [0, 43] + vector([2, 3, 4]) }
        let body: [UInt8] =
            [3, 3] + Array(repeating: 7, count: 32) + [0] + vector([0x13, 0x01]) + [1, 0] + vector(extensions)
        return [22, 3, 1] + vector([1, 0] + vector(body))
    }

    /// What a client of TLS 1.2 says that can verify all that the edge may sign with, one thing changed.
    static func hello(
        serverName: String,
        offersTLS13: Bool = false,
        suites: [CipherSuite] = [.ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256],
        groups: [NamedGroup] = [.x25519, .secp256r1, .secp384r1, .secp521r1],
        schemes: [UInt16]? = [0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0401]
    ) throws -> ClientHello {
        var extensions: [Extension] = [.serverName(Array(serverName.utf8)), .supportedGroups(groups)]
        if let schemes { extensions.append(.signatureAlgorithms(schemes)) }
        if offersTLS13 { extensions.append(.supportedVersions([0x0304, 0x0303])) }
        let template = ClientHelloTemplate(
            random: Array(repeating: 7, count: 32),
            cipherSuites: suites,
            extensions: extensions
        )
        return try ClientHello(message: ClientHelloWriter.write(template).message)
    }
}
