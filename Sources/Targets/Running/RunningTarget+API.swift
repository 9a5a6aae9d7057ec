internal import Addresses
package import JSONText
internal import NIOCore
package import ScenarioModel
internal import Verdicts

/// What a target's API said to a request.
package struct APIResponse: Hashable, Sendable {
    package var status: Int
    /// `nil` where the body is no JSON, as of an answer without one.
    package var body: JSONValue?
}

extension RunningTarget {
    /// Asks the target's API for something, as `api` in its file says.
    ///
    /// - Parameter isOfOtherAccount: with the other account's key in the place of the first one's.
    /// - Throws: ``TargetError`` `notReady` where no answer comes, and others for what cannot be asked.
    package func ask(
        _ method: APICall.Method,
        _ path: String,
        body: JSONValue?,
        isOfOtherAccount: Bool = false
    ) async throws(TargetError) -> APIResponse {
        try await self.launcher.ask(method, path, body: body, isOfOtherAccount: isOfOtherAccount)
    }
}

extension Launcher {
    /// A change may have to reach the disk first, of a busy machine.
    private static let apiPatience = TimeAmount.seconds(10)

    func ask(
        _ method: APICall.Method,
        _ path: String,
        body: JSONValue?,
        isOfOtherAccount: Bool
    ) async throws(TargetError) -> APIResponse {
        let title = self.definition.identity.title
        guard let plan = self.definition.description.api else {
            throw TargetError(.badTemplate, "\(title) has no 'api' in its target.yaml")
        }
        var values = self.values(instance: "edge") { _ in true }
        if isOfOtherAccount { values["apiKey"] = values["otherApiKey"] }
        let (address, host, base) = try ReadinessProbe.parts(of: try self.render(plan.url, with: values), in: "api")
        var question = HTTPAnswer.Question(method: method.rawValue, path: base + path, body: body?.encoded)
        for (name, template) in plan.headers.sorted(by: { $0.key < $1.key }) {
            question.headers.append((name, try self.render(template, with: values)))
        }
        if body != nil { question.headers.append(("Content-Type", "application/json")) }
        let answer: HTTPAnswer
        do {
            answer = try await HTTPAnswer.ask(question, host: host, at: address, patience: Self.apiPatience)
        } catch {
            throw TargetError(.notReady, "the API of \(title) does not answer \(method.rawValue) \(path): \(error)")
        }
        return APIResponse(status: Int(answer.code), body: try? JSONValue(reading: Array(answer.body.utf8)))
    }
}
