import EdgeControl
import EdgeCore
import HTTPServing
import JSONText

/// A request whose sender is known and may make it.
struct Call: Sendable {
    let plane: any ControlPlane
    let account: ControlAccount
    let key: APIKey
    let baseURI: String
    let now: Timestamp
    /// Of the path.
    let parameters: [String: String]
    let query: QueryParameters
    let body: RequestBody

    /// The object that the path names.
    var id: String { self.parameters["id"] ?? "" }

    var author: ChangeAuthor { ChangeAuthor(key: self.key, baseURI: self.baseURI) }

    var representation: Representation {
        Representation(baseURI: self.baseURI, state: self.plane.state, live: self.plane.live)
    }

    /// What a change depends on. Each has one of its own: a random name is drawn once.
    var context: ChangeContext {
        ChangeContext(now: self.now, agentNames: self.plane.live.agentNames)
    }

    /// A list's page.
    ///
    /// - Throws: ERR_NGROK_244 and 233 for a limit that is none, or out of range.
    func page() throws(ControlError) -> (before: String?, limit: Int) {
        let before = self.query["before_id"].flatMap { $0.isEmpty ? nil : $0 }
        guard let text = self.query["limit"] else { return (before, Self.pageLimit) }
        guard let limit = Int(text) else {
            throw ControlError(
                code: 244,
                "The limit must be a number between 1 and \(Self.pageLimit), and is '\(text)'.",
                field: "limit"
            )
        }
        guard (1...Self.pageLimit).contains(limit) else {
            throw ControlError(
                code: 233,
                "The limit must be between 1 and \(Self.pageLimit), and is \(limit).",
                field: "limit"
            )
        }
        return (before, limit)
    }

    /// What a list's objects must be; `nil` for all of them.
    func filter() throws(ControlError) -> ListFilter? {
        guard let source = self.query["filter"], !source.isEmpty else { return nil }
        return try ListFilter(source, now: self.now)
    }

    /// What a list may be asked.
    static let listParameters = ["before_id", "filter", "limit"]

    /// ngrok's.
    private static let pageLimit = 100

    /// The answer to a list: a page of it, and where the next is.
    func list(
        _ field: String,
        path: String,
        page: (objects: [(id: String, value: JSONValue)], hasMore: Bool),
        limit: Int
    ) -> APIResponse {
        var next = JSONValue.null
        if page.hasMore, let last = page.objects.last {
            let filter = self.query["filter"].map { "&filter=\(PercentEncoding.encoded($0))" } ?? ""
            let before = PercentEncoding.encoded(last.id)
            next = .string("\(self.baseURI)\(path)?before_id=\(before)&limit=\(limit)\(filter)")
        }
        return .json(
            200,
            .object([
                .init(field, .array(page.objects.map(\.value))), .init("uri", .string(self.baseURI + path)),
                .init("next_page_uri", next),
            ])
        )
    }
}

extension ControlError {
    /// A page behind something that the account never had.
    static func beforeIDInvalid(_ id: String) -> ControlError {
        ControlError(code: 223, "'\(id)' in 'before_id' is no id of this list.", field: "before_id")
    }
}
