import EdgeControl
import Testing

@Suite("Event destinations and subscriptions")
struct EventTests {
    private static let role = #"{"role":{"role_arn":"arn:aws:iam::123456789012:role/example"}}"#
    private static let stream = #""stream_arn":"arn:aws:kinesis:us-east-2:123456789012:stream/mine""#

    @Test(
        "a destination has one target, complete",
        arguments: [
            (#"{"kinesis":{"auth":\#(role),\#(stream)}}"#, nil), ("{}", 5100),
            (#"{"kinesis":{"auth":\#(role),\#(stream)},"datadog":{"api_key":"k"}}"#, 5115),
            (#"{"kinesis":{"auth":{},\#(stream)}}"#, 5107),
            (
                #"{"kinesis":{"auth":{"role":{"role_arn":"arn:aws:iam::1:role/a"},"creds":{"aws_access_key_id":"a"}},\#(stream)}}"#,
                5116
            ),
            (#"{"kinesis":{"auth":{"creds":{"aws_access_key_id":"a"}},\#(stream)}}"#, 240),
            (#"{"kinesis":{"auth":{"role":{"role_arn":"mine"}},\#(stream)}}"#, 5120),
            (#"{"kinesis":{"auth":\#(role),"stream_arn":"arn:aws:s3:::mine"}}"#, 5119),
            (#"{"datadog":{"api_key":"k","service":"edge"}}"#, nil), (#"{"datadog":{"service":"edge"}}"#, 5133),
        ] as [(String, Int?)]
    )
    func targets(_ json: String, _ code: Int?) throws {
        var fixture = try ControlFixture()
        let error = refusal {
            try fixture.create(EventDestination.self) { draft in
                draft.format = "json"
                draft.target = try eventTarget(json)
            }
        }
        #expect(error?.code == code)
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
        #expect(refusal { try update(#"{"kinesis":{"auth":\#(Self.role),\#(Self.stream)}}"#) }?.code == 5108)
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
