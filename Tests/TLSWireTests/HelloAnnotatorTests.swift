import TLSWire
import Testing

@Suite("Hello annotation")
struct HelloAnnotatorTests {
    @Test("a good hello has every field and nothing malformed", arguments: VectorFile.completeHellos)
    func annotatesGood(_ vector: VectorFile) throws {
        let fields = HelloAnnotator.annotate(vector.bytes)
        #expect(!fields.contains { $0.name.hasPrefix("malformed") })
        self.expectInside(fields, vector.bytes.count)
        for name in ["TLSPlaintext", "msg_type", "random", "legacy_session_id", "cipher_suites"] {
            #expect(fields.contains { $0.name == name }, "\(name)")
        }
        if case .some(.some(let name)) = vector.text("server-name") {
            let field = try #require(fields.first { $0.name == "host_name" })
            #expect(field.value == name)
        }
    }

    @Test("a broken hello says that it is", arguments: VectorFile.brokenHellos)
    func annotatesBroken(_ vector: VectorFile) throws {
        let fields = HelloAnnotator.annotate(vector.bytes)
        self.expectInside(fields, vector.bytes.count)
        let isJudgedByTheReaderAlone = [
            "unexpected-record-type", "bad-record-version", "message-too-long",
        ].contains(vector.header["outcome"])
        #expect(isJudgedByTheReaderAlone || fields.contains { $0.name.hasPrefix("malformed") })
    }

    @Test("every prefix is annotated as far as it goes")
    func annotatesPrefixes() throws {
        let vector = try #require(VectorFile.completeHellos.first { $0.name == "openssl-3.0-tls12" })
        for count in 0..<vector.bytes.count {
            let fields = HelloAnnotator.annotate(Array(vector.bytes[..<count]))
            self.expectInside(fields, count)
            if count > 1 { #expect(fields.contains { $0.name.hasPrefix("malformed") }, "\(count) bytes") }
        }
    }

    @Test("the fields of a hello name what is in its bytes")
    func namesFields() throws {
        let vector = try #require(VectorFile.completeHellos.first { $0.name == "openssl-3.0-alpn" })
        let fields = HelloAnnotator.annotate(vector.bytes)
        let name = try #require(fields.first { $0.name == "host_name" })
        #expect(String(decoding: vector.bytes[name.range], as: UTF8.self) == "openssl.shakedown.test")
        #expect(fields.first { $0.name == "application_layer_protocol_negotiation" }?.value == "h2, http/1.1")
        #expect(fields.first { $0.name == "supported_versions" }?.value == "TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0")
        #expect(fields.first { $0.name == "key_share" }?.value == "x25519 (32 bytes)")
        #expect(fields.first?.depth == 0)
    }

    @Test("a name's control bytes are escaped")
    func escapes() throws {
        let vector = try #require(VectorFile.brokenHellos.first { $0.name == "broken-sni-name-newline" })
        let name = try #require(HelloAnnotator.annotate(vector.bytes).first { $0.name == "host_name" })
        #expect(name.value == "tenant.test\\x0d\\x0aX:\\x20y")
    }

    @Test("what is not TLS is told in one field")
    func annotatesOthers() {
        let fields = HelloAnnotator.annotate(Array("EHLO a.test\r\n".utf8))
        #expect(fields.map(\.name) == ["malformed: not TLS"])
        #expect(fields.first?.value == "looks like starttls.smtp")
    }

    private func expectInside(_ fields: [AnnotatedField], _ count: Int) {
        for field in fields {
            #expect(field.range.lowerBound >= 0 && field.range.upperBound <= count, "\(field)")
        }
    }
}
