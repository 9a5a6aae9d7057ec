import AgentProtocol
import JSONText
import Testing

/// Messages as the public agents write them: Go with every key of its structs, Rust with another spelling and other defaults.
@Suite("Messages")
struct MessageTests {
    private func decode<Message: AgentMessage>(_ text: String, as type: Message.Type = Message.self) throws -> Message {
        try Message(decoding: Array(text.utf8))
    }

    @Test("Auth is understood as Go writes it")
    func goAuth() throws {
        let auth: Auth = try self.decode(
            """
            {"Version":["3","2"],"ClientId":"c1","Extra":{"OS":"linux","Arch":"amd64","Authtoken":"t0k","Version":"2.1.0",
            "Hostname":"h","UserAgent":"ngrok-go/1","Metadata":"m","Cookie":"k","HeartbeatInterval":10000000000,
            "HeartbeatTolerance":15000000000,"Fingerprint":null,"UpdateUnsupportedError":"no","StopUnsupportedError":"",
            "RestartUnsupportedError":null,"ProxyType":"none","MutualTLS":true,"ServiceRun":false,"ConfigVersion":"",
            "CustomInterface":false,"CustomCAs":true,"ClientType":"library/official/go","LegNumber":1,"Later":{"x":[1]}}}
            """
        )
        #expect(auth.versions == ["3", "2"])
        #expect(auth.clientID == "c1")
        #expect(auth.extra.authtoken == "t0k")
        #expect(auth.extra.heartbeatInterval == 10_000_000_000)
        #expect(auth.extra.heartbeatTolerance == 15_000_000_000)
        #expect(auth.extra.updateUnsupportedError == "no")
        #expect(auth.extra.stopUnsupportedError == "")
        #expect(auth.extra.restartUnsupportedError == nil)
        #expect(auth.extra.mutualTLS)
        #expect(auth.extra.customCAs)
        #expect(auth.extra.legNumber == 1)
    }

    @Test("Auth is understood as Rust writes it")
    func rustAuth() throws {
        let auth: Auth = try self.decode(
            """
            {"Version":["2"],"ClientId":"","Extra":{"OS":"darwin","Arch":"aarch64","AuthToken":"t0k","Version":"0.13.0",
            "Hostname":"","UserAgent":"ngrok-rust/0.13","Metadata":"","Cookie":"","HeartbeatInterval":0,"HeartbeatTolerance":0,
            "UpdateUnsupportedError":null,"StopUnsupportedError":null,"RestartUnsupportedError":null,"ProxyType":"",
            "MutualTLS":false,"ServiceRun":false,"ConfigVersion":"","CustomInterface":false,"CustomCAs":false,"ClientType":""}}
            """
        )
        #expect(auth.versions == ["2"])
        #expect(auth.extra.authtoken == "t0k")
        #expect(auth.extra.os == "darwin")
    }

    @Test("a secret does not print")
    func secrets() {
        var auth = Auth()
        auth.extra.authtoken = "t0p-secret"
        var options = TLSOptions()
        options.tlsTermination = TLSOptions.TLSTermination(certificate: [1], key: Array("t0p-secret".utf8))
        var dumped = ""
        dump(auth, to: &dumped)
        dump(options, to: &dumped)
        #expect(!"\(auth) \(String(reflecting: auth)) \(dumped)".contains("t0p-secret"))
        #expect(!"\(options)\(dumped)".contains("116, 48, 112"))
    }

    @Test("Bind is understood as Go writes it, null for what is not asked")
    func goBind() throws {
        let bind: Bind = try self.decode(
            """
            {"Id":"","Proto":"tls","ForwardsTo":"localhost:443","ForwardsProto":"","Opts":{"Hostname":"app.example.com",
            "Domain":"","Subdomain":"","ProxyProto":2,"MutualTLSAtAgent":false,"MutualTLSAtEdge":{"mutual_tls_ca":"UEVN"},
            "TLSTermination":{"cert":"Q0VSVA==","key":"S0VZ"},"IPRestriction":{"allow_cidrs":["0.0.0.0/0"],
            "deny_cidrs":["192.0.2.0/24"]},"TrafficPolicy":"","Policy":null,"URL":""},
            "Extra":{"Name":"n","Token":"","IPPolicyRef":"","Metadata":"m","Description":"d","Bindings":["public"],
            "PoolingEnabled":false}}
            """
        )
        #expect(bind.proto == "tls")
        #expect(bind.options.hostname == "app.example.com")
        #expect(bind.options.proxyProto == 2)
        #expect(bind.options.mutualTLSAtEdge == Array("PEM".utf8))
        #expect(bind.options.tlsTermination?.certificate == Array("CERT".utf8))
        #expect(bind.options.tlsTermination?.key == Array("KEY".utf8))
        #expect(bind.options.ipRestriction?.allowCIDRs == ["0.0.0.0/0"])
        #expect(bind.options.ipRestriction?.denyCIDRs == ["192.0.2.0/24"])
        #expect(bind.extra.bindings == ["public"])
    }

    @Test(
        "missing, null and zero are the same",
        arguments: [
            "{}", "null", "{\"Id\":null,\"Opts\":null,\"Extra\":null,\"Proto\":null}",
            "{\"Opts\":{},\"Extra\":{},\"Proto\":\"\"}",
            "{\"opts\":{\"MutualTLSAtEdge\":null,\"TLSTermination\":null,\"IPRestriction\":null,\"proxyproto\":0}}",
        ]
    )
    func nothing(_ text: String) throws {
        let bind: Bind = try self.decode(text)
        #expect(bind == Bind(proto: ""))
    }

    @Test("an empty TLSTermination asks for the edge's own certificate")
    func emptyTermination() throws {
        let options: TLSOptions = try self.decode("{\"TLSTermination\":{}}")
        #expect(options.tlsTermination == TLSOptions.TLSTermination())
    }

    @Test("every message is read as it was written")
    func roundTrips() throws {
        var extra = Auth.Extra()
        extra.authtoken = "x"
        extra.restartUnsupportedError = ""
        try self.check(Auth(clientID: "c", extra: extra))
        var reply = AuthResp.Extra()
        reply.sessionDuration = 3600
        reply.connectAddresses = [.init(region: "eu", serverAddress: "e:443")]
        reply.deprecationWarning = .init()
        try self.check(AuthResp(version: "3", clientID: "c", error: "e", extra: reply))
        var options = TLSOptions()
        options.url = "tls://a.example.com"
        options.mutualTLSAtEdge = [0, 255, 1]
        options.tlsTermination = .init(certificate: [1, 2], key: [3], sealedKey: [4])
        options.ipRestriction = .init(allowCIDRs: ["::/0"])
        options.policy = .object([.init("inbound", .array([]))])
        try self.check(Bind(id: "i", options: options))
        try self.check(BindResp(id: "i", url: "tls://a", proto: "tls", options: options, error: "e"))
        var bound = BindResp.Extra()
        bound.warning = "beware"
        try self.check(BindResp(id: "i", extra: bound))
        #expect(!String(decoding: BindResp().encoded, as: UTF8.self).contains("Warning"))
        try self.check(Unbind(id: "i"))
        try self.check(UnbindResp(error: "e"))
        try self.check(StartTunnelWithLabel(labels: ["b": "2", "a": "1"], forwardsTo: "x"))
        try self.check(StartTunnelWithLabelResp(id: "i", error: ""))
        try self.check(SrvInfo())
        try self.check(SrvInfoResp(region: "eu"))
        try self.check(Stop())
        try self.check(Restart())
        try self.check(Update(version: "3", permitMajorVersion: true))
        try self.check(CommandResp(error: "e"))
        try self.check(StopTunnel(id: "i", message: "m", errorCode: "ERR_NGROK_1"))
    }

    private func check<Message: AgentMessage>(_ message: Message) throws {
        #expect(try Message(decoding: message.encoded) == message)
    }

    @Test("keys are written as Go spells them")
    func spellings() {
        let text = String(decoding: Bind().encoded, as: UTF8.self)
        for key in [
            "Id", "Proto", "ForwardsTo", "Opts", "URL", "MutualTLSAtAgent", "TLSTermination", "IPPolicyRef",
            "PoolingEnabled",
        ] {
            #expect(text.contains("\"\(key)\":"), "\(key)")
        }
        #expect(String(decoding: BindResp().encoded, as: UTF8.self).contains("\"TunnelID\":"))
        #expect(String(decoding: Auth().encoded, as: UTF8.self).contains("\"Authtoken\":"))
    }

    @Test(
        "values of the wrong type are refused",
        arguments: [
            ("{\"Id\":1}", MessageError.Code.wrongType), ("{\"Opts\":[]}", .wrongType),
            ("{\"Opts\":{\"ProxyProto\":\"2\"}}", .wrongType), ("{\"Opts\":{\"ProxyProto\":1.5}}", .wrongType),
            ("{\"Opts\":{\"TLSTermination\":{\"cert\":\"===\"}}}", .notBase64),
            ("{\"Opts\":{\"TLSTermination\":{\"cert\":\"A\"}}}", .notBase64),
            ("{\"Opts\":{\"TLSTermination\":{\"cert\":\"A=AA\"}}}", .notBase64), ("[]", .wrongType), ("{", .malformed),
        ]
    )
    func wrongTypes(_ text: String, _ code: MessageError.Code) throws {
        let error = try #require(throws: MessageError.self) { try Bind(decoding: Array(text.utf8)) }
        #expect(error.code == code)
    }

    @Test("base64 is that of RFC 4648", arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
    func base64(_ text: String) throws {
        var options = TLSOptions()
        options.mutualTLSAtEdge = Array(text.utf8)
        #expect(try TLSOptions(decoding: options.encoded).mutualTLSAtEdge == Array(text.utf8))
        let encoded = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
            "foobar": "Zm9vYmFy",
        ]
        #expect(
            String(decoding: options.encoded, as: UTF8.self).contains("\"mutual_tls_ca\":\"\(encoded[text] ?? "?")\"")
        )
    }
}
