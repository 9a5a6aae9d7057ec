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
}
