import ConfigurationFiles
import ScenarioModel

/// `client.hello`: a ClientHello built field by field.
struct HelloReader {
    let reading: Reading

    func hello(_ node: YAMLNode) -> HelloPlan? {
        guard let object = ObjectReader(node, Grammar.hello, self.reading) else { return nil }
        var plan = HelloPlan()
        plan.legacyVersion = object.integer("legacy-version")
        plan.sessionIDLength = object.integer("session-id-length", in: 0...255)
        plan.cipherSuites = self.numbers(object, "cipher-suites")
        plan.compressionMethods = self.numbers(object, "compression-methods")
        plan.omitsExtensions = object.bool("no-extensions") ?? false
        plan.supportedVersions = self.numbers(object, "supported-versions")
        plan.serverNames = object.node("server-names").map { node in
            self.reading.elements(node).compactMap { self.serverName($0) }
        }
        plan.serverNameData = self.hex(object, "server-name-data")
        plan.extensionEdits = self.elements(object, "extensions").compactMap { self.edit($0) }
        plan.lengthErrors = self.elements(object, "length-errors").compactMap { self.lengthError($0) }
        plan.paddedSize = object.size("padded-size")
        plan.handshakeType = object.integer("handshake-type")
        plan.trailingBytes = self.hex(object, "trailing-bytes") ?? ByteString()
        plan.recordVersion = object.integer("record-version")
        plan.recordType = object.integer("record-type")
        plan.recordsBefore = self.elements(object, "records-before").compactMap { self.record($0) }
        plan.recordsAfter = self.elements(object, "records-after").compactMap { self.record($0) }
        plan.truncatedTo = object.integer("truncated-to", in: 0...Int.max)
        return plan
    }

    private func elements(_ object: ObjectReader, _ key: String) -> [YAMLNode] {
        object.node(key).map { self.reading.elements($0) } ?? []
    }

    private func numbers<Value: FixedWidthInteger>(_ object: ObjectReader, _ key: String) -> [Value]? {
        object.node(key).map { node in self.reading.elements(node).compactMap { self.reading.integer($0) } }
    }

    private func hex(_ object: ObjectReader, _ key: String) -> ByteString? {
        object.node(key).flatMap { self.hex($0) }
    }

    private func hex(_ node: YAMLNode) -> ByteString? {
        guard let text = self.reading.text(node) else { return nil }
        if let bytes = ByteString(hex: text) { return bytes }
        self.reading.report("expected bytes in hexadecimal, found '\(text)'", at: node)
        return nil
    }

    /// The bytes of an object that has either `text` (UTF-8) or `hex`.
    func bytes(_ object: ObjectReader, _ what: String) -> ByteString? {
        switch (object.node("text"), object.node("hex")) {
        case (let text?, nil): return self.reading.text(text).map { ByteString($0.utf8) }
        case (nil, let hex?): return self.hex(hex)
        default:
            self.reading.report("\(what) needs either text or hex", at: object.node)
            return nil
        }
    }

    private func serverName(_ node: YAMLNode) -> HelloPlan.ServerNameEntry? {
        guard let object = ObjectReader(node, Grammar.serverName, self.reading),
            let type: UInt8 = object.required("type", in: "server-name").flatMap({ self.reading.integer($0) }),
            let name = self.bytes(object, "server-name")
        else { return nil }
        return HelloPlan.ServerNameEntry(type: type, name: name)
    }

    /// Extensions that a file may call by name; all others by number.
    static let extensionNames: [(name: String, type: UInt16)] = [
        ("server_name", 0), ("supported_groups", 10), ("ec_point_formats", 11), ("signature_algorithms", 13),
        ("application_layer_protocol_negotiation", 16), ("padding", 21), ("extended_master_secret", 23),
        ("session_ticket", 35), ("supported_versions", 43), ("psk_key_exchange_modes", 45), ("key_share", 51),
        ("renegotiation_info", 65_281),
    ]

    private func extensionType(_ node: YAMLNode) -> UInt16? {
        guard let text = self.reading.text(node) else { return nil }
        if let known = Self.extensionNames.first(where: { $0.name == text }) { return known.type }
        if text.first?.isNumber == true { return self.reading.integer(node) }
        let hint = Suggestion.clause(for: text, among: Self.extensionNames.map(\.name))
        self.reading.report("'\(text)' is no extension's name or number\(hint)", at: node)
        return nil
    }

    private func edit(_ node: YAMLNode) -> HelloPlan.ExtensionEdit? {
        guard let object = ObjectReader(node, Grammar.extensionEdit, self.reading) else { return nil }
        guard let entry = object.entries.first, object.entries.count == 1 else {
            self.reading.report("an edit of the extensions is one key", at: node)
            return nil
        }
        switch entry.name {
        case "remove": return self.extensionType(entry.value).map { .remove(type: $0) }
        case "duplicate": return self.extensionType(entry.value).map { .duplicate(type: $0) }
        case "move-to-end": return self.extensionType(entry.value).map { .moveToEnd(type: $0) }
        case "append-unknown":
            return self.reading.integer(entry.value, in: 1...10_000).map { .appendUnknown(count: $0) }
        default: break
        }
        guard let (type, data) = self.extensionData(entry.value) else { return nil }
        switch entry.name {
        case "prepend": return .prepend(type: type, data: data)
        case "append": return .append(type: type, data: data)
        case "replace": return .replace(type: type, data: data)
        default: return nil
        }
    }

    /// An extension's type and bytes, or the one name of a server_name extension.
    private func extensionData(_ node: YAMLNode) -> (type: UInt16, data: ByteString)? {
        guard let object = ObjectReader(node, Grammar.extensionData, self.reading) else { return nil }
        guard let nameNode = object.node("server-name") else {
            guard let type = object.required("type", in: "extension-data").flatMap({ self.extensionType($0) }),
                let data = object.required("data", in: "extension-data").flatMap({ self.hex($0) })
            else { return nil }
            return (type, data)
        }
        if let other = object.node("type") ?? object.node("data") {
            self.reading.report("'server-name' is the extension's type and data", at: other)
        }
        return self.reading.text(nameNode).map { (0, Self.serverNameList(of: $0)) }
    }

    /// A list of one host_name (RFC 6066 section 3).
    private static func serverNameList(of name: String) -> ByteString {
        let bytes = Array(name.utf8)
        func length(_ count: Int) -> [UInt8] { [UInt8(count >> 8 & 0xff), UInt8(count & 0xff)] }
        return ByteString(length(bytes.count + 3) + [0] + length(bytes.count) + bytes)
    }

    private func lengthError(_ node: YAMLNode) -> HelloPlan.LengthError? {
        guard let object = ObjectReader(node, Grammar.lengthError, self.reading),
            let field = object.required("field", in: "length-error")
                .flatMap({ self.reading.word($0, "length field", as: HelloPlan.LengthError.Field.self) }),
            let delta: Int = object.required("delta", in: "length-error")
                .flatMap({ self.reading.integer($0, in: -65_535...16_777_215) })
        else { return nil }
        return HelloPlan.LengthError(field: field, delta: delta)
    }

    func record(_ node: YAMLNode) -> HelloPlan.RawRecord? {
        guard let object = ObjectReader(node, Grammar.record, self.reading),
            let type: UInt8 = object.required("type", in: "record").flatMap({ self.reading.integer($0) }),
            let payload = object.required("payload", in: "record").flatMap({ self.hex($0) })
        else { return nil }
        return HelloPlan.RawRecord(type: type, version: object.integer("version") ?? 0x0303, payload: payload)
    }
}
