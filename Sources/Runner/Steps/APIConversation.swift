import Checks
import JSONText
import ScenarioModel
import Synchronization
import Targets
import Verdicts

/// What is said to the target's API in one play, and what its answers left for later steps.
final class APIConversation: Sendable {
    /// What `${RECIPE.pem}` and `${RECIPE.key}` stand for; `nil` for anything else.
    private let pem: @Sendable (Substring) throws -> String?
    /// By the names that the steps have for it.
    private let saved = Mutex<[String: String]>([:])
    /// Where the API may send events; `nil` where no step listens to them.
    private let webhook: EventReceiver?
    /// How many of its events earlier steps have looked at.
    private let toldCount = Mutex(0)

    init(webhook: EventReceiver? = nil, pem: @escaping @Sendable (Substring) throws -> String?) {
        self.webhook = webhook
        self.pem = pem
    }

    /// Asks, and hears the answer.
    ///
    /// - Throws: ``TargetFailure`` where the target does not answer, or not as the step says.
    func perform(_ call: APICall, in planned: PlannedStep, on target: RunningTarget) async throws -> APIAnswer {
        let response: APIResponse
        do {
            response = try await target.ask(
                call.method,
                try self.resolved(call.path),
                body: try call.body.map { try self.resolved(json: $0) },
                isOfOtherAccount: call.isOfOtherAccount
            )
        } catch let error as TargetError where error.code == .notReady {
            throw TargetFailure(description: "\(planned.title): \(error)")
        }
        return try self.hear(response.status, response.body, to: call, in: planned)
    }

    /// Keeps of an answer what later steps need.
    ///
    /// - Throws: ``TargetFailure`` where it is not as the step says: what comes after it would be about something that is not there.
    func hear(_ status: Int, _ body: JSONValue?, to call: APICall, in planned: PlannedStep) throws -> APIAnswer {
        let answer = try self.answer(status, body, to: call)
        let checks = APICheck.results(of: call, answer)
        let wrong = checks.filter { !$0.holds }
        guard wrong.isEmpty else {
            let sentences = wrong.map { "\($0.check): expected \($0.expected), observed \($0.observed)" }
            throw Self.failure(checks, wrong: sentences, in: planned)
        }
        return answer
    }

    private static func failure(
        _ checks: [CheckResult],
        wrong sentences: [String],
        in planned: PlannedStep
    ) -> TargetFailure {
        TargetFailure(
            description: "\(planned.title): \(sentences.joined(separator: "; "))",
            checks: checks.map { check in
                var check = check
                check.step = "\(planned.number) \(planned.step.action)"
                return check
            }
        )
    }

    private func answer(_ status: Int, _ body: JSONValue?, to call: APICall) throws -> APIAnswer {
        let words = [body?["error_code"]?.text, body?["msg"]?.text].compactMap(\.self).joined(separator: " ")
        var answer = APIAnswer(status: status, words: words)
        for save in call.saves {
            let found = try self.value(at: save.path, in: body)
            answer.fields.append(.init(path: save.path, expected: nil, found: found == nil ? nil : ""))
            if let found { self.saved.withLock { $0[save.name] = found.text ?? found.json } }
        }
        for field in call.expects {
            answer.fields.append(
                .init(
                    path: try self.resolved(field.path),
                    expected: try self.resolved(json: field.value).json,
                    found: try self.value(at: field.path, in: body)?.json
                )
            )
        }
        return answer
    }

    // MARK: What it sends

    /// An event is on its way until the edge has noticed that a connection is gone, and a webhook that was late is sent it again.
    private static let toldPatience = (limit: Duration.seconds(15), pause: Duration.milliseconds(10))

    /// Waits for so many events as the step says, and looks at all that have come by then.
    ///
    /// - Throws: ``TargetFailure`` where others came, or none: later steps would wait for what never comes.
    func listen(for events: [ToldEvent], in planned: PlannedStep) async throws -> [[APIAnswer.Field]] {
        guard let webhook = self.webhook else { throw RunError("\(planned.title): nobody listens") }
        let before = self.toldCount.withLock { $0 }
        let limit = ContinuousClock.now + Self.toldPatience.limit
        while webhook.events.count < before + events.count, ContinuousClock.now < limit {
            try await Task.sleep(for: Self.toldPatience.pause)
        }
        let all = webhook.events
        self.toldCount.withLock { $0 = all.count }
        let seen = try self.fields(of: Array(all.dropFirst(before)), expected: events)
        let checks = ToldCheck.results(of: events, seen)
        let wrong = checks.filter { !$0.holds }.map { "\($0.check): expected \($0.expected), observed \($0.observed)" }
        let troubles = webhook.troubles.map { "the webhook was sent what is no event: \($0)" }
        guard wrong.isEmpty, troubles.isEmpty else {
            throw Self.failure(checks, wrong: wrong + troubles, in: planned)
        }
        return seen
    }

    /// Of one that is not expected, its type.
    func fields(of told: [JSONValue], expected events: [ToldEvent]) throws -> [[APIAnswer.Field]] {
        try told.enumerated().map { index, event in
            guard events.indices.contains(index) else {
                return [APIAnswer.Field(path: "event_type", expected: nil, found: event["event_type"]?.json)]
            }
            return try events[index].fields.map { field in
                APIAnswer.Field(
                    path: try self.resolved(field.path),
                    expected: try self.resolved(json: field.value).json,
                    found: try self.value(at: field.path, in: event)?.json
                )
            }
        }
    }

    private func value(at path: String, in body: JSONValue?) throws -> JSONValue? {
        let text = try self.resolved(path)
        guard let path = FieldPath(text) else { throw RunError("'\(text)' is no place in an answer") }
        return body?.value(at: path)
    }

    // MARK: What stands for something else

    func resolved(_ text: String) throws -> String { try Placeholders.replaced(in: text, by: self.meaning) }

    private func meaning(of name: Substring) throws -> String {
        if let text = try self.pem(name) { return text }
        if name == "webhook", let webhook = self.webhook { return webhook.url }
        guard let value = self.saved.withLock({ $0[String(name.trimmingPrefix("saved."))] }) else {
            throw RunError("no answer had what '${\(name)}' stands for")
        }
        return value
    }

    func resolved(json text: String) throws -> JSONValue {
        try JSONValue(reading: Array(text.utf8)).mapTexts(self.resolved)
    }
}

extension JSONValue {
    fileprivate var json: String { String(decoding: self.encoded, as: UTF8.self) }

    fileprivate func value(at path: FieldPath) -> JSONValue? {
        var value = self
        for part in path.parts {
            let next: JSONValue? =
                switch part {
                case .member(let name): value[name]
                case .element(let index): value.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                case .elementWhose(let name, let text): value.elements?.first { $0[name]?.text == text }
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
