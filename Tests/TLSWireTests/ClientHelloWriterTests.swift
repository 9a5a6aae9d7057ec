import TLSWire
import Testing

@Suite("ClientHello writing")
struct ClientHelloWriterTests {
    static let template: ClientHelloTemplate = {
        var template = ClientHelloTemplate(
            random: Array(0..<32),
            sessionID: [1, 2, 3],
            cipherSuites: [.aes128GCMSHA256],
            extensions: [.supportedVersions([0x0304]), .serverName(Array("a.test".utf8)), .alpn([Array("h2".utf8)])]
        )
        template.compressionMethods = [0]
        return template
    }()

    @Test("it says where the fields are")
    func mapsFields() throws {
        let written = try ClientHelloWriter.write(Self.template)
        let fields = written.fields
        #expect(fields.handshakeHeader == 0..<4)
        #expect(fields.sessionID == 39..<42)
        #expect(fields.cipherSuites == 44..<46)
        #expect(fields.compressionMethods == 47..<48)
        #expect(fields.extensions == 50..<written.message.count)
        let name = try #require(fields.hostName)
        #expect(String(decoding: written.message[name], as: UTF8.self) == "a.test")
        #expect(fields.serverNameList == name.lowerBound - 3..<name.upperBound)
        #expect(fields.serverNameExtension == name.lowerBound - 9..<name.upperBound)
    }

    @Test(
        "each length can be made wrong, and the reader notices",
        arguments: ClientHelloWriter.LengthField.allCases,
        [-1, 1]
    )
    func makesLengthsWrong(_ field: ClientHelloWriter.LengthField, _ delta: Int) throws {
        let good = try ClientHelloWriter.write(Self.template)
        let bad = try ClientHelloWriter.write(
            Self.template,
            lengthErrors: [ClientHelloWriter.LengthError(field, delta)]
        )
        #expect(bad.message.count == good.message.count)
        #expect(bad.fields == good.fields)
        let differences = zip(good.message, bad.message).filter { $0 != $1 }
        #expect(differences.count == 1)
        #expect(throws: WireError.self) { _ = try ClientHello(message: bad.message) }
    }

    @Test("a length that is not there cannot be made wrong")
    func refusesMissingField() throws {
        var template = Self.template
        template.extensions = []
        #expect(throws: ClientHelloWriter.Problem.noSuchField(.hostName)) {
            _ = try ClientHelloWriter.write(template, lengthErrors: [ClientHelloWriter.LengthError(.hostName, 1)])
        }
    }

    @Test("what does not fit a length field is refused")
    func refusesOverlong() {
        var template = Self.template
        template.sessionID = Array(repeating: 0, count: 256)
        #expect(throws: ClientHelloWriter.Problem.tooLong(field: "legacy_session_id", count: 256, limit: 255)) {
            _ = try ClientHelloWriter.write(template)
        }
    }

    @Test("a map of a message cut anywhere has no field beyond its end")
    func mapsPrefixes() throws {
        let message = try ClientHelloWriter.write(Self.template).message
        for count in 0...message.count {
            let fields = FieldMap(Array(message[..<count]))
            for range in [fields.handshakeHeader, fields.extensions, fields.serverNameExtension, fields.hostName] {
                #expect((range?.upperBound ?? 0) <= count)
            }
        }
    }
}
