import TLSWire

/// Grows a hello to a size: RFC 7685 padding first, and cipher suites of the private range once the extension block,
/// which cannot be longer than 65,535 bytes, is full.
enum HelloPadding {
    /// The most that an extension block can hold, and that a cipher suite list can.
    private static let maximumBlock = 65_535
    private static let maximumSuites = 65_534
    /// Type and length.
    private static let extensionHeader = 4

    /// - Parameter edit: the plan's edits. They see the padding extension as the last one, still empty, so that they
    ///   can put others behind it.
    static func pad(
        _ template: ClientHelloTemplate,
        to size: Int?,
        edit: ([Extension]) throws(PlanError) -> [Extension]
    ) throws(PlanError) -> ClientHelloTemplate {
        var padded = template
        guard let size else {
            if let extensions = template.extensions { padded.extensions = try edit(extensions) }
            return padded
        }
        guard let extensions = template.extensions else {
            return try Self.padSuites(template, by: size - Self.messageLength(of: template))
        }
        padded.extensions = try edit(extensions + [Extension(type: .padding, data: [])])
        guard let index = padded.extensions?.lastIndex(where: { $0.type == .padding }) else {
            throw .noSuchExtension(type: ExtensionType.padding.rawValue)
        }
        let missing = size - Self.messageLength(of: padded)
        if missing == -Self.extensionHeader {
            // The hello has the right size without the extension.
            padded.extensions?.remove(at: index)
            return padded
        }
        guard missing >= 0 else {
            throw .cannotPad(from: Self.messageLength(of: padded) - Self.extensionHeader, to: size)
        }
        let room = Self.maximumBlock - Self.blockLength(of: padded)
        var inExtension = min(missing, room)
        // Suites have two bytes each.
        if (missing - inExtension) % 2 == 1 { inExtension -= 1 }
        guard inExtension >= 0 else { throw .cannotPad(from: Self.messageLength(of: padded), to: size) }
        padded.extensions?[index].data += Array(repeating: 0, count: inExtension)
        return try Self.padSuites(padded, by: missing - inExtension)
    }

    private static func padSuites(
        _ template: ClientHelloTemplate,
        by count: Int
    ) throws(PlanError) -> ClientHelloTemplate {
        guard count >= 0, count % 2 == 0, template.cipherSuites.count * 2 + count <= Self.maximumSuites else {
            let length = Self.messageLength(of: template)
            throw .cannotPad(from: length, to: length + count)
        }
        var padded = template
        // 0xFF00 to 0xFFFF are for private use (RFC 9846 section 11).
        padded.cipherSuites += (0..<count / 2).map { CipherSuite(rawValue: 0xff00 | UInt16($0 & 0xff)) }
        return padded
    }

    private static func blockLength(of template: ClientHelloTemplate) -> Int {
        (template.extensions ?? []).reduce(0) { $0 + Self.extensionHeader + $1.data.count }
    }

    /// Handshake header, version, random, and each vector with its length field.
    private static func messageLength(of template: ClientHelloTemplate) -> Int {
        4 + 2 + template.random.count + 1 + template.sessionID.count + 2 + template.cipherSuites.count * 2 + 1
            + template.compressionMethods.count
            + (template.extensions == nil ? 0 : 2 + Self.blockLength(of: template))
    }
}
