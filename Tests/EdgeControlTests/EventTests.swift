import EdgeControl
import EdgeCore
import Testing

@Suite("Event destinations and subscriptions")
struct EventTests {
    @Test(
        "a destination has one target, complete, and of those that this edge delivers to",
        arguments: [
            (#"{"webhook":{"url":"https://a.example.com"}}"#, nil),
            (#"{"webhook":{"url":"https://a.example.com","bearer_token":"t"}}"#, nil),
            (#"{"webhook":{"url":"https://a.example.com","header":{"name":"X-Key","value":"k"}}}"#, nil),
            (#"{"webhook":{"url":"https://a.example.com","header":{"name":"X-Key"}}}"#, 240),
            (
                #"{"webhook":{"url":"https://a.example.com","bearer_token":"t","header":{"name":"A","value":"k"}}}"#,
                5116
            ),
            (#"{"datadog":{"api_key":"k","service":"edge"}}"#, nil), (#"{"datadog":{"service":"edge"}}"#, 5133),
            (#"{"webhook":{"url":"https://a.example.com"},"datadog":{"api_key":"k"}}"#, 5115), ("{}", 5100),
            (#"{"firehose":{"delivery_stream_arn":"arn:aws:firehose:us-east-2:1:deliverystream/mine"}}"#, 5100),
            (#"{"kinesis":{}}"#, 5100), (#"{"cloudwatch_logs":{}}"#, 5100),
        ] as [(String, Int?)]
    )
    func targets(_ json: String, _ code: Int?) throws {
        var fixture = try ControlFixture()
        let error = refusal { try fixture.destination(json) }
        #expect(error?.code == code)
    }

    @Test("a target that nothing is delivered to is named, and those that there are")
    func undeliverable() throws {
        var fixture = try ControlFixture()
        let error = try #require(refusal { try fixture.destination(#"{"kinesis":{}}"#) })
        #expect(error.message.contains("'kinesis'") && error.message.contains("webhook and datadog"))
        #expect(error.field == "target.kinesis")
    }

    @Test("a destination comes to a URL and a header, whichever target it has")
    func endpoints() throws {
        var fixture = try ControlFixture()
        func endpoint(_ json: String) throws -> [String?] {
            let endpoint = try fixture.destination(json).endpoint
            return [endpoint.url, endpoint.header?.name, endpoint.header?.value.text]
        }
        #expect(
            try endpoint(#"{"webhook":{"url":"https://a.example.com/x"}}"#) == ["https://a.example.com/x", nil, nil]
        )
        #expect(
            try endpoint(#"{"webhook":{"url":"https://a.example.com","bearer_token":"t"}}"#)
                == ["https://a.example.com", "Authorization", "Bearer t"]
        )
        #expect(
            try endpoint(#"{"webhook":{"url":"https://a.example.com","header":{"name":"X-Key","value":"k"}}}"#)
                == ["https://a.example.com", "X-Key", "k"]
        )
        #expect(
            try endpoint(#"{"datadog":{"api_key":"k"}}"#)
                == ["https://http-intake.logs.datadoghq.com/api/v2/logs", "DD-API-KEY", "k"]
        )
        #expect(
            try endpoint(#"{"datadog":{"api_key":"k","ddsite":"datadoghq.eu","service":"an edge","ddtags":"a:b,c&d"}}"#)
                .first == "https://http-intake.logs.datadoghq.eu/api/v2/logs?service=an%20edge&ddtags=a%3Ab%2Cc%26d"
        )
        let site = refusal { try fixture.destination(#"{"datadog":{"api_key":"k","ddsite":"evil.example.com/x?"}}"#) }
        #expect(site?.field == "target.datadog.ddsite")
    }

    @Test("a place is asked whether anything can be sent there, and without anybody who sends there is no destination")
    func endpointCheck() throws {
        let settings = ControlSettings(checkEventEndpoint: { endpoint throws(ControlError) in
            guard endpoint.url.hasPrefix("https:") else { throw ControlError(code: 1, "no", field: "target") }
        })
        var fixture = try ControlFixture(settings: settings)
        try fixture.destination(#"{"webhook":{"url":"https://a.example.com"}}"#)
        #expect(refusal { try fixture.destination(#"{"webhook":{"url":"http://a.example.com"}}"#) }?.code == 1)
        var silent = try ControlFixture(settings: ControlSettings())
        let none = refusal { try silent.destination(#"{"webhook":{"url":"https://a.example.com"}}"#) }
        #expect(none?.kind == .forbidden)
    }

    @Test("an account has ten destinations at most, which can be changed then too")
    func limit() throws {
        var fixture = try ControlFixture()
        let json = #"{"webhook":{"url":"https://a.example.com"}}"#
        for _ in 0..<9 { try fixture.destination(json) }
        let last = try fixture.destination(json)
        #expect(refusal { try fixture.destination(json) }?.kind == .forbidden)
        _ = try fixture.state.update(
            EventDestination.self,
            id: last.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.description = "changed" }
        try fixture.create(EventDestination.self, account: ControlFixture.other) { draft in
            draft.format = "json"
            draft.target = try eventTarget(json)
        }
    }

    @Test("a secret goes to whom it was given for: another URL, header or site needs it anew")
    func recipients() throws {
        var fixture = try ControlFixture()
        for (before, after) in [
            (#""url":"https://a.example.com","bearer_token":"t""#, #""url":"https://evil.example.com""#),
            (
                #""url":"https://a.example.com","bearer_token":"t""#,
                #""url":"https://a.example.com","header":{"name":"X"}"#
            ),
        ] {
            let id = try fixture.destination("{\"webhook\":{\(before)}}").id
            func update(_ json: String) throws -> EventDestination {
                let target = try eventTarget(json)
                return try fixture.state.update(
                    EventDestination.self,
                    id: id,
                    account: ControlFixture.account,
                    context: fixture.context
                ) { $0.target = target }
            }
            #expect(refusal { try update("{\"webhook\":{\(after)}}") }?.code == 240)
            #expect(try update(#"{"webhook":{"url":"https://a.example.com"}}"#).secretKey?.text == "t")
            let moved = try update(#"{"webhook":{"url":"https://b.example.com","bearer_token":"u"}}"#)
            #expect(moved.secretKey?.text == "u")
        }
        let datadog = try fixture.destination(#"{"datadog":{"api_key":"k"}}"#)
        let other = try eventTarget(#"{"datadog":{"ddsite":"evil.example.com"}}"#)
        let error = refusal {
            try fixture.state.update(
                EventDestination.self,
                id: datadog.id,
                account: ControlFixture.account,
                context: fixture.context
            ) { $0.target = other }
        }
        #expect(error?.code == 240)
    }

    @Test("what can be subscribed to is what the edge publishes")
    func types() {
        #expect(EventType.all.map(\.name) == EventTypeName.all.map(\.rawValue))
    }

    @Test("a destination without its secret given again keeps the one it has, and stays with its kind of target")
    func secrets() throws {
        var fixture = try ControlFixture()
        let destination = try fixture.create(EventDestination.self) { draft in
            draft.format = "JSON"
            draft.target = try eventTarget(#"{"datadog":{"api_key":"k"}}"#)
        }
        #expect(destination.draft.format == "json")
        #expect(destination.draft.target?.datadog?.apiKey == nil)
        #expect(destination.secretKey?.text == "k")
        func update(_ json: String) throws -> EventDestination {
            let target = try eventTarget(json)
            return try fixture.state.update(
                EventDestination.self,
                id: destination.id,
                account: ControlFixture.account,
                context: fixture.context
            ) { $0.target = target }
        }
        #expect(try update(#"{"datadog":{"service":"s"}}"#).secretKey?.text == "k")
        #expect(try update(#"{"datadog":{"api_key":"other"}}"#).secretKey?.text == "other")
        #expect(refusal { try update(#"{"webhook":{"url":"https://a.example.com"}}"#) }?.code == 5108)
        let format = refusal { try fixture.create(EventDestination.self) { $0.format = "xml" } }
        #expect(format?.code == 235)
    }

    @Test(
        "a source is an event that there is, with fields that it has",
        arguments: [
            ([EventSource(type: "tcp_connection_closed.v0")], nil),
            ([EventSource(type: "tcp_connection_closed.v0", fields: ["conn.bytes_in"])], nil),
            ([EventSource(type: "domain_created.v0"), EventSource(type: "ip_policy_deleted.v0")], nil),
            ([EventSource(type: "http_request_complete.v0")], 238),
            ([EventSource(type: "domain_created.v0"), EventSource(type: "domain_created.v0")], 5127),
            ([EventSource(type: "tcp_connection_closed.v0", fields: ["http.path"])], 5403),
            ([EventSource(type: "domain_created.v0", fields: ["conn.bytes_in"])], 5401),
            ([EventSource(type: "domain_created.v0", filter: "true")], 5402),
            ([EventSource(type: "tcp_connection_closed.v0", filter: "true")], 5135),
        ] as [([EventSource], Int?)]
    )
    func sources(_ sources: [EventSource], _ code: Int?) throws {
        var fixture = try ControlFixture()
        #expect(refusal { try fixture.create(EventSubscription.self) { $0.sources = sources } }?.code == code)
    }

    @Test("a filter is asked whether it can be applied")
    func filters() throws {
        let settings = ControlSettings(checkEventFilter: { text throws(ControlError) in
            guard text == "good" else { throw ControlError(code: 5404, "no filter", field: "sources.filter") }
        })
        var fixture = try ControlFixture(settings: settings)
        for (filter, code) in [("good", nil), ("bad", 5404)] as [(String, Int?)] {
            let error = refusal {
                try fixture.create(EventSubscription.self) { draft in
                    draft.sources = [EventSource(type: "tcp_connection_closed.v0", filter: filter)]
                }
            }
            #expect(error?.code == code)
        }
    }

    @Test("a subscription's destinations are the account's, and stay as long as it does")
    func destinations() throws {
        var fixture = try ControlFixture()
        let destination = try fixture.create(EventDestination.self) { draft in
            draft.format = "json"
            draft.target = try eventTarget(#"{"datadog":{"api_key":"k"}}"#)
        }
        for id in ["ed_none", "esb_1"] {
            #expect(refusal { try fixture.create(EventSubscription.self) { $0.destinationIDs = [id] } }?.code == 5103)
        }
        let foreign = refusal {
            try fixture.create(EventSubscription.self, account: ControlFixture.other) { draft in
                draft.destinationIDs = [destination.id]
            }
        }
        #expect(foreign?.code == 5103)
        let subscription = try fixture.create(EventSubscription.self) { $0.destinationIDs = [destination.id] }
        let account = ControlFixture.account
        #expect(
            refusal { try fixture.state.delete(EventDestination.self, id: destination.id, account: account) }?.code
                == 5112
        )
        try fixture.state.delete(EventSubscription.self, id: subscription.id, account: account)
        try fixture.state.delete(EventDestination.self, id: destination.id, account: account)
    }

    @Test("a source that a subscription lacks is not found")
    func missingSource() throws {
        var fixture = try ControlFixture()
        let subscription = try fixture.create(EventSubscription.self) { draft in
            draft.sources = [EventSource(type: "domain_created.v0")]
        }
        #expect(try subscription.source("domain_created.v0").type == "domain_created.v0")
        let error = refusal { try subscription.source("domain_deleted.v0") }
        #expect(error?.kind == .notFound)
        #expect(error?.code == 5125)
    }
}

extension ControlFixture {
    @discardableResult
    fileprivate mutating func destination(_ target: String) throws -> EventDestination {
        try self.create(EventDestination.self) { draft in
            draft.format = "json"
            draft.target = try eventTarget(target)
        }
    }
}
