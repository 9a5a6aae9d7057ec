import ByteClient
import ScenarioModel
import TLSWire
import Testing

/// Seed material as a case's generator would give it.
let seed: [UInt8] = (0..<64).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }

/// A hello for `tenant.shakedown.test`, changed as the plan says.
func build(
    _ plan: HelloPlan = HelloPlan(),
    serverName: String? = "tenant.shakedown.test",
    alpn: [String] = [],
    from minimum: TLSVersion = .tls12,
    to maximum: TLSVersion = .tls13
) throws -> FirstFlight {
    try HelloBuilder.build(
        plan,
        serverName: serverName,
        alpn: alpn,
        minimumVersion: minimum,
        maximumVersion: maximum,
        random: seed
    )
}

func read(_ stream: [UInt8]) throws -> ClientHello? {
    var reader = ClientHelloReader()
    guard case .complete(let hello) = try reader.append(stream) else { return nil }
    return hello
}

@Suite("Building hellos")
struct HelloBuilderTests {
    @Test("the plain hello offers TLS 1.3 and 1.2, the name and the protocols")
    func buildsPlain() throws {
        let hello = try #require(try read(build(alpn: ["h2", "http/1.1"]).bytes))
        #expect(hello.serverName == "tenant.shakedown.test")
        #expect(hello.supportedVersions == [0x0304, 0x0303])
        #expect(hello.alpnProtocols == [Array("h2".utf8), Array("http/1.1".utf8)])
        #expect(hello.keyShareGroups == [.x25519])
        #expect(hello.random == Array(seed[..<32]))
        #expect(hello.legacySessionID.count == 32)
    }

    @Test("a TLS 1.2 client has no supported_versions, as before RFC 8446")
    func buildsTLS12() throws {
        let hello = try #require(try read(build(to: .tls12).bytes))
        #expect(hello.supportedVersions == nil)
        #expect(hello.legacyVersion == 0x0303)
        #expect(hello.keyShareGroups == nil)
        #expect(!hello.cipherSuites.contains(.aes128GCMSHA256))
    }

    @Test("the same seed makes the same bytes, another seed others")
    func isDeterministic() throws {
        #expect(try build().bytes == build().bytes)
        let other = try HelloBuilder.build(
            HelloPlan(),
            serverName: "tenant.shakedown.test",
            alpn: [],
            minimumVersion: .tls12,
            maximumVersion: .tls13,
            random: seed.reversed()
        )
        #expect(try build().bytes != other.bytes)
        #expect(throws: PlanError.notEnoughRandom(63)) {
            _ = try HelloBuilder.build(
                HelloPlan(),
                serverName: nil,
                alpn: [],
                minimumVersion: .tls12,
                maximumVersion: .tls13,
                random: Array(seed[..<63])
            )
        }
    }

    @Test("padding gives exactly the size", arguments: [2048, 16_384, 40_001, 61_440, 65_536, 65_537, 100_000])
    func pads(_ size: Int) throws {
        var plan = HelloPlan()
        plan.paddedSize = size
        let flight = try build(plan)
        var limits = ClientHelloReader.Limits()
        limits.maximumHelloLength = 1 << 20
        var reader = ClientHelloReader(limits: limits)
        guard case .complete(let hello) = try reader.append(flight.bytes) else {
            Issue.record("not complete")
            return
        }
        #expect(hello.encoded().count == size)
        #expect(hello.serverName == "tenant.shakedown.test")
    }

    @Test("padding to less than there is, or to a header's breadth more, is refused")
    func refusesPadding() throws {
        let size = try #require(try read(build().bytes)).encoded().count
        for impossible in [10, size + 1, size + 3] {
            var plan = HelloPlan()
            plan.paddedSize = impossible
            #expect(throws: PlanError.cannotPad(from: size, to: impossible)) { _ = try build(plan) }
        }
        for possible in [size, size + 4] {
            var plan = HelloPlan()
            plan.paddedSize = possible
            #expect(try read(build(plan).bytes)?.encoded().count == possible)
        }
    }

    @Test("the server name can be moved behind the padding")
    func movesBehindPadding() throws {
        var plan = HelloPlan()
        plan.paddedSize = 8000
        plan.extensionEdits = [.moveToEnd(type: 0)]
        let hello = try #require(try read(build(plan).bytes))
        #expect(hello.extensions.last?.type == .serverName)
        #expect(hello.encoded().count == 8000)
    }

    @Test("every edit of the extensions does what it says")
    func edits() throws {
        var plan = HelloPlan()
        plan.extensionEdits = [
            .remove(type: 23), .prepend(type: 0x1a1a, data: ByteString()), .append(type: 0x7777, data: ByteString([1])),
            .replace(type: 0x7777, data: ByteString([2, 3])), .appendUnknown(count: 3), .moveToEnd(type: 43),
        ]
        let hello = try #require(try read(build(plan).bytes))
        let types = hello.extensions.map(\.type.rawValue)
        #expect(types.first == 0x1a1a)
        #expect(!types.contains(23))
        #expect(types.suffix(5) == [0x7777, 0x5000, 0x5001, 0x5002, 43])
        #expect(hello.data(of: ExtensionType(rawValue: 0x7777)) == [2, 3])
    }

    @Test("an edit of an extension that is not there is a mistake of the plan")
    func refusesMissingExtension() {
        for edit in [HelloPlan.ExtensionEdit.remove(type: 9), .duplicate(type: 9), .moveToEnd(type: 9)] {
            var plan = HelloPlan()
            plan.extensionEdits = [edit]
            #expect(throws: PlanError.noSuchExtension(type: 9)) { _ = try build(plan) }
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: WireError.Code
        var change: @Sendable (inout HelloPlan) -> Void
        init(_ name: String, _ code: WireError.Code, _ change: @escaping @Sendable (inout HelloPlan) -> Void) {
            self.testDescription = name
            self.code = code
            self.change = change
        }
    }

    static let wrongs: [Wrong] = [
        Wrong("duplicate extension", .duplicateExtension) { $0.extensionEdits = [.duplicate(type: 0)] },
        Wrong("two names", .duplicateServerName) { plan in
            let entries = ["a.test", "b.test"].map { ByteString($0.utf8) }
            plan.serverNames = entries.map { HelloPlan.ServerNameEntry(type: 0, name: $0) }
        },
        Wrong("empty name list", .badLength) { $0.serverNames = [] },
        Wrong("name data", .truncated) { $0.serverNameData = ByteString([0]) },
        Wrong("handshake type", .unexpectedHandshakeType) { $0.handshakeType = 2 },
        Wrong("session id", .badLength) { $0.sessionIDLength = 33 },
        Wrong("no suites", .badLength) { $0.cipherSuites = [] },
        Wrong("compression", .missingNullCompression) { $0.compressionMethods = [1] },
        Wrong("trailing message", .bytesAfterMessage) { $0.trailingBytes = ByteString([1, 0, 0, 0]) },
        Wrong("record type", .unexpectedRecordType) { $0.recordType = 23 },
        Wrong("record version", .badRecordVersion) { $0.recordVersion = 0x0200 },
        Wrong("record before", .unexpectedRecordType) { plan in
            plan.recordsBefore = [HelloPlan.RawRecord(type: 20, payload: ByteString([1]))]
        },
        Wrong("empty record before", .emptyRecord) { plan in
            plan.recordsBefore = [HelloPlan.RawRecord(type: 22, payload: ByteString())]
        },
        Wrong("host name length", .truncated) { $0.lengthErrors = [.init(field: .hostName, delta: 1)] },
        Wrong("record length", .recordTooLong) { $0.lengthErrors = [.init(field: .record, delta: 16_384)] },
        Wrong("handshake length", .messageTooLong) { $0.lengthErrors = [.init(field: .handshake, delta: 65_536)] },
    ]

    @Test("a hello that is wrong on purpose is wrong in that way", arguments: Self.wrongs)
    func buildsWrong(_ wrong: Wrong) throws {
        var plan = HelloPlan()
        wrong.change(&plan)
        let flight = try build(plan)
        let error = #expect(throws: WireError.self) { _ = try read(flight.bytes) }
        #expect(error?.code == wrong.code, "\(error.map(String.init(describing:)) ?? "none")")
    }

    @Test("records after the hello stay outside of it")
    func keepsRecordsAfter() throws {
        var plan = HelloPlan()
        plan.recordsAfter = [HelloPlan.RawRecord(type: 23, payload: ByteString([1, 2, 3]))]
        let flight = try build(plan)
        #expect(flight.bytes.count == flight.helloRecords.upperBound + 8)
        #expect(try read(flight.bytes) != nil)
    }

    @Test("a truncated flight is a prefix of the whole one")
    func truncates() throws {
        var plan = HelloPlan()
        plan.truncatedTo = 50
        #expect(try build(plan).bytes == Array(build().bytes[..<50]))
        #expect(try read(build(plan).bytes) == nil)
    }

    @Test("without extensions there is no block")
    func omitsExtensions() throws {
        var plan = HelloPlan()
        plan.omitsExtensions = true
        let hello = try #require(try read(build(plan).bytes))
        #expect(!hello.hasExtensionBlock)
        #expect(hello.serverName == nil)
    }
}
