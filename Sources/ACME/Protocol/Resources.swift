import JSONText

/// What a CA has where (RFC 8555 section 7.1.1).
struct Directory {
    let newNonce: String
    let newAccount: String
    let newOrder: String

    init(_ json: JSONValue) throws {
        self.newNonce = try json.address("newNonce")
        self.newAccount = try json.address("newAccount")
        self.newOrder = try json.address("newOrder")
    }
}

/// Section 7.1.3.
struct Order {
    enum Status: String {
        case pending, ready, processing, valid, invalid
    }

    let status: Status
    let authorizations: [String]
    let finalize: String
    /// Once it is valid.
    let certificate: String?
    let problem: Problem?

    init(_ json: JSONValue) throws {
        self.status = try json.status()
        self.authorizations = try (json["authorizations"]?.elements ?? []).map { try $0.address }
        self.finalize = try json.address("finalize")
        self.certificate = try json.member("certificate").map { try $0.address }
        self.problem = json.member("error").map { Problem($0) }
    }
}

/// Section 7.1.4.
struct Authorization {
    enum Status: String {
        case pending, valid, invalid, deactivated, expired, revoked
    }

    let status: Status
    let challenges: [Challenge]

    init(_ json: JSONValue) throws {
        self.status = try json.status()
        self.challenges = (json["challenges"]?.elements ?? []).compactMap { Challenge($0) }
    }
}

/// Section 8, of the kind that is answered here.
struct Challenge {
    let url: String
    let token: String
    let problem: Problem?

    /// `nil` for any other kind.
    init?(_ json: JSONValue) {
        guard json["type"]?.text == "tls-alpn-01", let url = try? json.address("url"), let token = json["token"]?.text
        else { return nil }
        self.url = url
        self.token = token
        self.problem = json.member("error").map { Problem($0) }
    }
}

/// What is wrong (RFC 9457, and RFC 8555 section 6.7).
struct Problem {
    private static let namespace = "urn:ietf:params:acme:error:"

    let code: ACMEError.Code
    let detail: String

    init(_ json: JSONValue) {
        let type = json["type"]?.text ?? ""
        self.code =
            type.hasPrefix(Self.namespace)
            ? ACMEError.Code(rawValue: String(type.dropFirst(Self.namespace.count))) : .badAnswer
        // Somebody's words, which go into a log and an answer of the API: some of them, and on one line.
        let words = json["detail"]?.text ?? json["title"]?.text ?? type
        self.detail = String(words.prefix(500).map { $0.isNewline ? " " : $0 })
    }

    func error(retryAfter: Duration? = nil) -> ACMEError {
        ACMEError(self.code, self.detail, retryAfter: retryAfter)
    }
}

extension JSONValue {
    /// Where something is: by TLS and nothing else (section 6.1), whatever the CA says.
    fileprivate var address: String {
        get throws {
            guard let url = self.text, url.hasPrefix("https://") else {
                throw ACMEError(.badAnswer, "an address in it is no URL of https")
            }
            return url
        }
    }

    /// What is null is as good as absent.
    fileprivate func member(_ field: String) -> JSONValue? { self[field].flatMap { $0 == .null ? nil : $0 } }

    fileprivate func address(_ field: String) throws -> String {
        guard let value = self[field] else { throw ACMEError(.badAnswer, "it has no \(field)") }
        return try value.address
    }

    fileprivate func status<Status: RawRepresentable<String>>() throws -> Status {
        guard let status = self["status"]?.text.flatMap({ Status(rawValue: $0) }) else {
            throw ACMEError(.badAnswer, "it has no status that there is")
        }
        return status
    }
}
