/// Writes a ``ClientHelloTemplate`` as a handshake message.
package enum ClientHelloWriter {
    package struct Written: Hashable, Sendable {
        /// The handshake message, its header included.
        package var message: [UInt8]
        /// Where everything is in the message, as it was before any length was made wrong.
        package var fields: FieldMap
    }

    /// A length field of the message.
    package enum LengthField: String, CaseIterable, Hashable, Sendable {
        case handshake, sessionID, cipherSuites, compressionMethods, extensions, serverNameExtension, serverNameList
        case hostName
    }

    package struct LengthError: Hashable, Sendable {
        package var field: LengthField
        /// Added to the length that would be right, modulo the field's size.
        package var delta: Int
        package init(_ field: LengthField, _ delta: Int) {
            self.field = field
            self.delta = delta
        }
    }

    /// Why a template cannot be written.
    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// More bytes than the vector's length field can say.
        case tooLong(field: String, count: Int, limit: Int)
        /// A length is to be made wrong that is not in the message.
        case noSuchField(LengthField)

        package var description: String {
            switch self {
            case .tooLong(let field, let count, let limit): "\(field) of \(count) bytes, where \(limit) can be written"
            case .noSuchField(let field): "the ClientHello has no \(field.rawValue) whose length could be wrong"
            }
        }
    }

    package static func write(
        _ template: ClientHelloTemplate,
        lengthErrors: [LengthError] = []
    ) throws(Problem) -> Written {
        var body: [UInt8] = []
        body.append(uint16: Int(template.legacyVersion))
        body += template.random
        try Self.appendVector(template.sessionID, lengthBytes: 1, "legacy_session_id", to: &body)
        var suites: [UInt8] = []
        for suite in template.cipherSuites { suites.append(uint16: Int(suite.rawValue)) }
        try Self.appendVector(suites, lengthBytes: 2, "cipher_suites", to: &body)
        try Self.appendVector(template.compressionMethods, lengthBytes: 1, "legacy_compression_methods", to: &body)
        if let extensions = template.extensions {
            var block: [UInt8] = []
            for element in extensions {
                block.append(uint16: Int(element.type.rawValue))
                try Self.appendVector(element.data, lengthBytes: 2, "\(element.type)", to: &block)
            }
            try Self.appendVector(block, lengthBytes: 2, "extensions", to: &body)
        }
        var message: [UInt8] = [template.handshakeType]
        message.append(uint24: body.count)
        message += body
        let fields = FieldMap(message)
        for error in lengthErrors {
            guard let place = Self.place(of: error.field, in: fields) else { throw .noSuchField(error.field) }
            Self.add(error.delta, to: place, in: &message)
        }
        return Written(message: message, fields: fields)
    }

    private static func appendVector(
        _ bytes: [UInt8],
        lengthBytes: Int,
        _ field: String,
        to output: inout [UInt8]
    ) throws(Problem) {
        let limit = lengthBytes == 1 ? 255 : 65_535
        guard bytes.count <= limit else { throw .tooLong(field: field, count: bytes.count, limit: limit) }
        if lengthBytes == 1 { output.append(UInt8(bytes.count)) } else { output.append(uint16: bytes.count) }
        output += bytes
    }

    /// The length field's own bytes.
    private static func place(of field: LengthField, in fields: FieldMap) -> Range<Int>? {
        switch field {
        case .handshake: 1..<4
        case .sessionID: fields.sessionID.map { $0.lowerBound - 1..<$0.lowerBound }
        case .cipherSuites: fields.cipherSuites.map { $0.lowerBound - 2..<$0.lowerBound }
        case .compressionMethods: fields.compressionMethods.map { $0.lowerBound - 1..<$0.lowerBound }
        case .extensions: fields.extensions.map { $0.lowerBound - 2..<$0.lowerBound }
        case .serverNameExtension: fields.serverNameExtension.map { $0.lowerBound + 2..<$0.lowerBound + 4 }
        case .serverNameList: fields.serverNameList.map { $0.lowerBound - 2..<$0.lowerBound }
        case .hostName: fields.hostName.map { $0.lowerBound - 2..<$0.lowerBound }
        }
    }

    private static func add(_ delta: Int, to place: Range<Int>, in message: inout [UInt8]) {
        let value = message[place].reduce(0) { $0 << 8 | Int($1) } + delta
        for (index, offset) in place.reversed().enumerated() {
            message[offset] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }
}
