package import ScenarioModel
import TLSWire

/// Builds ClientHellos byte by byte: a good one that OpenSSL and BoringSSL servers answer with a ServerHello, changed as
/// a ``HelloPlan`` says.
package enum HelloBuilder {
    /// The handshake random, then the material of session id and key share.
    package static let seedLength = 64

    /// - Parameters:
    ///   - serverName: the one host_name; `nil` sends no server_name extension.
    ///   - random: at least ``seedLength`` bytes. The same bytes make the same hello.
    package static func build(
        _ plan: HelloPlan,
        serverName: String?,
        alpn: [String],
        minimumVersion: TLSVersion,
        maximumVersion: TLSVersion,
        random: [UInt8]
    ) throws(PlanError) -> FirstFlight {
        guard random.count >= Self.seedLength else { throw .notEnoughRandom(random.count) }
        let offer = Offer(
            plan: plan,
            serverName: serverName,
            alpn: alpn,
            minimumVersion: minimumVersion,
            maximumVersion: maximumVersion,
            random: random
        )
        let template = try HelloPadding.pad(offer.template, to: plan.paddedSize) { (extensions) throws(PlanError) in
            try ExtensionEdits.apply(plan.extensionEdits, to: extensions)
        }
        let written: ClientHelloWriter.Written
        do {
            written = try ClientHelloWriter.write(template, lengthErrors: plan.lengthErrors.compactMap(\.inMessage))
        } catch {
            switch error {
            case .tooLong: throw .tooLong("\(error)")
            case .noSuchField: throw .noSuchLength("\(error)")
            }
        }
        return try Self.flight(plan, written)
    }

    private static func flight(_ plan: HelloPlan, _ written: ClientHelloWriter.Written) throws(PlanError) -> FirstFlight
    {
        // 0x0301 in a first ClientHello: RFC 9846 section 5.1 recommends it for the sake of old middleboxes.
        var records = RecordWriter.records(
            written.message,
            type: ContentType(rawValue: plan.recordType ?? ContentType.handshake.rawValue),
            version: plan.recordVersion ?? 0x0301
        )
        records[records.count - 1].payload += plan.trailingBytes.bytes
        let lengthDelta = plan.lengthErrors.filter { $0.field == .record }.reduce(0) { $0 + $1.delta }
        var bytes: [UInt8] = []
        for record in plan.recordsBefore { bytes += try Self.encoded(record) }
        let start = bytes.count
        for (index, record) in records.enumerated() {
            bytes += record.encoded(lengthDelta: index == 0 ? lengthDelta : 0)
        }
        let helloRecords = start..<bytes.count
        for record in plan.recordsAfter { bytes += try Self.encoded(record) }
        if let length = plan.truncatedTo { bytes = Array(bytes.prefix(max(0, length))) }
        return FirstFlight(bytes: bytes, fields: written.fields, helloRecords: helloRecords)
    }

    /// Whole records, one behind the other.
    package static func encoded(_ records: [HelloPlan.RawRecord]) throws(PlanError) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records { bytes += try Self.encoded(record) }
        return bytes
    }

    private static func encoded(_ record: HelloPlan.RawRecord) throws(PlanError) -> [UInt8] {
        guard record.payload.bytes.count <= 65_535 else {
            throw .tooLong("a record of \(record.payload.bytes.count) bytes, where 65535 can be written")
        }
        return TLSRecord(
            type: ContentType(rawValue: record.type),
            version: record.version,
            payload: record.payload.bytes
        ).encoded()
    }
}

extension HelloPlan.LengthError {
    /// `nil` for the record's length, which is no part of the message.
    fileprivate var inMessage: ClientHelloWriter.LengthError? {
        switch self.field {
        case .record: nil
        case .handshake: ClientHelloWriter.LengthError(.handshake, self.delta)
        case .sessionID: ClientHelloWriter.LengthError(.sessionID, self.delta)
        case .cipherSuites: ClientHelloWriter.LengthError(.cipherSuites, self.delta)
        case .compressionMethods: ClientHelloWriter.LengthError(.compressionMethods, self.delta)
        case .extensions: ClientHelloWriter.LengthError(.extensions, self.delta)
        case .serverNameExtension: ClientHelloWriter.LengthError(.serverNameExtension, self.delta)
        case .serverNameList: ClientHelloWriter.LengthError(.serverNameList, self.delta)
        case .hostName: ClientHelloWriter.LengthError(.hostName, self.delta)
        }
    }
}
