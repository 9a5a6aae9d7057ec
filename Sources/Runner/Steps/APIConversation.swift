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

    init(pem: @escaping @Sendable (Substring) throws -> String?) {
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
            throw TargetFailure(
                description: "\(planned.title): \(sentences.joined(separator: "; "))",
                checks: checks.map { check in
                    var check = check
                    check.step = "\(planned.number) \(planned.step.action)"
                    return check
                }
            )
        }
        return answer
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

    private func value(at path: String, in body: JSONValue?) throws -> JSONValue? {
        let text = try self.resolved(path)
        guard let path = FieldPath(text) else { throw RunError("'\(text)' is no place in an answer") }
        return body?.value(at: path)
    }

    // MARK: What stands for something else

    func resolved(_ text: String) throws -> String { try Placeholders.replaced(in: text, by: self.meaning) }

    private func meaning(of name: Substring) throws -> String {
        if let text = try self.pem(name) { return text }
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
