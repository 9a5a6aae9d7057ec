import EdgeControl
import HTTPServing
import JSONText

/// What is online: it is shown, and agents can be told something; nothing of it is made here.
enum LiveRoutes {
    static let endpoints = "/endpoints"
    static let tunnels = "/tunnels"
    static let sessions = "/tunnel_sessions"

    static var all: [Route] {
        self.of(self.endpoints, field: "endpoints", in: { $0.endpoints }) { $0.json($1) }
            + self.of(self.tunnels, field: "tunnels", in: { $0.tunnels }) { $0.json($1) }
            + self.of(self.sessions, field: "tunnel_sessions", in: { $0.sessions }) { $0.json($1) }
            + SessionCommand.allCases.map { command in
                Route(.post, "\(self.sessions)/{id}/\(command.rawValue)") { call in
                    _ = try call.body.value(NoFields.self, shape: FieldShape(NoFields.CodingKeys.self))
                    let session = try call.find(call.plane.live.sessions, path: self.sessions)
                    try await call.plane.perform(command, sessionID: session.id)
                    return .done
                }
            }
    }

    /// ngrok's clients send an empty object, or nothing.
    private struct NoFields: Codable {
        enum CodingKeys: CodingKey, CaseIterable, Hashable {}
    }

    private static func of<Resource: LiveResource>(
        _ path: String,
        field: String,
        in resources: @escaping @Sendable (LiveResources) -> [Resource],
        json: @escaping @Sendable (Resource, Representation) -> JSONValue
    ) -> [Route] {
        [
            Route(.get, path, query: Call.listParameters) { call in
                let (before, limit) = try call.page()
                var filter = try call.filter()
                let representation = call.representation
                var newest = resources(representation.live).filter { $0.accountID == call.account.id }
                newest.sort { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }
                if let before {
                    guard let index = newest.firstIndex(where: { $0.id == before }) else {
                        throw ControlError.beforeIDInvalid(before)
                    }
                    newest.removeFirst(index + 1)
                }
                if filter != nil {
                    newest = try newest.filter { try filter?.admits(json($0, representation)) ?? true }
                }
                let objects = newest.prefix(limit).map { ($0.id, json($0, representation)) }
                return call.list(field, path: path, page: (objects, newest.count > limit), limit: limit)
            },
            Route(.get, path + "/{id}") { call in
                let representation = call.representation
                return .json(200, json(try call.find(resources(representation.live), path: path), representation))
            },
        ]
    }
}

extension Call {
    /// What the path names, of the account's own.
    fileprivate func find<Resource: LiveResource>(_ resources: [Resource], path: String) throws(APIError) -> Resource {
        guard let resource = resources.first(where: { $0.id == self.id && $0.accountID == self.account.id }) else {
            throw APIError(404, code: nil, "There is nothing online as \(path)/\(self.id). It may have ended.")
        }
        return resource
    }
}
