import EdgeControl
import HTTPServing
import JSONText

/// An object that the API shows and changes.
protocol APIResource: ControlResource {
    /// Of the list.
    static var path: String { get }
    /// What the list's answer calls it.
    static var listField: String { get }

    func members(_ representation: Representation) -> [JSONValue.Member]

    /// Puts into a new object's draft what no request may give.
    ///
    /// - Returns: what only this answer has, in the place of what later ones have.
    static func prepare(_ draft: inout Draft, context: inout ChangeContext) -> [JSONValue.Member]
}

extension APIResource {
    static func prepare(_ draft: inout Draft, context: inout ChangeContext) -> [JSONValue.Member] { [] }
}

/// What every kind of object can be asked for.
enum ResourceRoutes {
    static func all<R: APIResource>(_ type: R.Type) -> [Route] {
        [
            Route(.post, R.path) { call in
                var context = call.context
                var draft: R.Draft = try call.body.draft()
                let once = R.prepare(&draft, context: &context)
                let (asked, circumstances) = (draft, context)
                let object: R = try await call.plane.change(by: call.author) { state throws(ControlError) in
                    var context = circumstances
                    return try state.create(asked, account: call.account.id, context: &context)
                }
                let usual = object.members(call.representation).filter { member in
                    !once.contains { $0.name == member.name }
                }
                return .json(201, .object(usual + once))
            }
        ] + Self.allButCreate(type)
    }

    static func allButCreate<R: APIResource>(_ type: R.Type) -> [Route] {
        [
            Route(.get, R.path, query: Call.listParameters) { call in
                let (before, limit) = try call.page()
                var filter = try call.filter()
                let representation = call.representation
                let table = representation.state[keyPath: R.table]
                let page = try table.page(of: call.account.id, before: before, limit: limit) {
                    object throws(ControlError) in
                    try filter?.admits(.object(object.members(representation))) ?? true
                }
                guard let page else { throw ControlError.beforeIDInvalid(before ?? "") }
                let objects = page.objects.map { ($0.id, JSONValue.object($0.members(representation))) }
                return call.list(R.listField, path: R.path, page: (objects, page.hasMore), limit: limit)
            },
            Route(.get, R.path + "/{id}") { call in
                let representation = call.representation
                let object = try representation.state.object(R.self, id: call.id, account: call.account.id)
                return .json(200, .object(object.members(representation)))
            },
            Route(.patch, R.path + "/{id}") { call in
                .json(
                    200,
                    .object(
                        try await call.update(R.self) { draft throws(ControlError) in
                            try call.body.apply(to: &draft)
                        }.members(call.representation)
                    )
                )
            },
            Route(.delete, R.path + "/{id}") { call in
                _ = try await call.plane.change(by: call.author) { state throws(ControlError) in
                    try state.delete(R.self, id: call.id, account: call.account.id)
                }
                return .done
            },
        ]
    }
}

extension Call {
    /// Changes the object that the path names.
    func update<R: ControlResource>(
        _ type: R.Type,
        id: String? = nil,
        _ edit: @escaping @Sendable (inout R.Draft) throws(ControlError) -> Void
    ) async throws -> R {
        let (id, context) = (id ?? self.id, self.context)
        return try await self.plane.change(by: self.author) { state throws(ControlError) in
            try state.update(type, id: id, account: self.account.id, context: context, edit)
        }
    }
}
