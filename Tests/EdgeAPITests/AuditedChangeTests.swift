import EdgeAPI
import EdgeControl
import EdgeCore
import Foundation
import JSONText
import Testing

@Suite("What those are told who watch the control plane")
struct AuditedChangeTests {
    private static let account = "ac_one"

    private let initial: ControlState

    init() throws {
        var state = ControlState(ControlSettings(checkEventEndpoint: { _ throws(ControlError) in }))
        var seed = Seed()
        try seed.add(account: Self.account, .init(name: "One", plan: .enterprise))
        try state.apply(seed, context: Self.context)
        _ = try state.takeChange()
        self.initial = state
    }

    private static let context = ChangeContext(now: Timestamp(secondsSinceEpoch: 1_800_000_000, nanoseconds: 0))

    private static func create<R: ControlResource>(
        _ type: R.Type,
        in state: inout ControlState,
        _ edit: (inout R.Draft) -> Void = { _ in }
    ) throws -> R {
        var (draft, context) = (R.Draft(), Self.context)
        edit(&draft)
        return try state.create(draft, account: Self.account, context: &context)
    }

    private static func changes(
        _ state: inout ControlState,
        from before: ControlState,
        baseURI: String? = "https://api.example.com"
    ) throws -> [AuditedChange] {
        AuditedChange.all(
            of: try state.takeChange(),
            from: before,
            to: state,
            live: LiveResources(),
            baseURI: baseURI
        )
    }

    @Test("an object is told when it comes, changes and goes, as the API shows it; what goes with it is told too")
    func life() throws {
        var state = self.initial
        let policy = try Self.create(IPPolicy.self, in: &state) { $0.description = "first" }
        _ = try Self.create(IPPolicyRule.self, in: &state) { draft in
            draft.ipPolicyID = policy.id
            draft.cidr = "192.0.2.0/24"
            draft.action = "allow"
        }
        let made = try Self.changes(&state, from: self.initial)
        #expect(made.map(\.subject) == [.ipPolicy, .ipPolicyRule])
        #expect(made.allSatisfy { $0.change == .created && $0.accountID == Self.account })
        #expect(made[0].object["uri"]?.text == "https://api.example.com/ip_policies/\(policy.id)")

        let second = state
        _ = try state.update(IPPolicy.self, id: policy.id, account: Self.account, context: Self.context) {
            $0.description = "second"
        }
        let changed = try Self.changes(&state, from: second, baseURI: nil)
        #expect(changed.map(\.change) == [.updated])
        #expect(changed.first?.object["description"]?.text == "second")
        #expect(changed.first?.object["uri"] == .null)

        let third = state
        try state.delete(IPPolicy.self, id: policy.id, account: Self.account)
        let gone = try Self.changes(&state, from: third)
        #expect(Set(gone.map(\.subject)) == [.ipPolicy, .ipPolicyRule])
        #expect(gone.allSatisfy { $0.change == .deleted })
        #expect(gone.contains { $0.object["description"]?.text == "second" })
    }

    @Test("an update that changes nothing is none, and neither are accounts and what the file's entries were")
    func nothing() throws {
        var state = self.initial
        let policy = try Self.create(IPPolicy.self, in: &state)
        _ = try state.takeChange()
        let before = state
        _ = try state.update(IPPolicy.self, id: policy.id, account: Self.account, context: Self.context) { _ in }
        #expect(try Self.changes(&state, from: before).isEmpty)
        var seed = Seed()
        try seed.add(account: Self.account, .init(name: "Other", plan: .pro))
        try state.apply(seed, context: Self.context)
        #expect(try Self.changes(&state, from: before).isEmpty)
    }

    @Test("a new secret is a change; neither it nor a webhook's URL is told")
    func secrets() throws {
        var state = self.initial
        let json = #"{"webhook":{"url":"https://a.example.com/in-the-path","bearer_token":"sesame"}}"#
        let target = try JSONDecoder().decode(EventTarget.self, from: Data(json.utf8))
        let made = try Self.create(EventDestination.self, in: &state) { draft in
            draft.format = "json"
            draft.target = target
        }
        let created = try Self.changes(&state, from: self.initial)
        let before = state
        _ = try state.update(EventDestination.self, id: made.id, account: Self.account, context: Self.context) {
            $0.target?.webhook?.bearerToken = "another"
        }
        let updated = try Self.changes(&state, from: before)
        #expect(updated.map(\.change) == [.updated])
        for change in created + updated {
            let text = String(decoding: change.object.encoded, as: UTF8.self)
            for secret in ["sesame", "another", "in-the-path"] { #expect(!text.contains(secret)) }
        }
    }
}
