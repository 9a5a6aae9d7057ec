/// A request to the target's API, and what must come of it.
///
/// In its texts `${saved.NAME}` stands for what an earlier answer had, and `${RECIPE.pem}` and `${RECIPE.key}` for a certificate and
/// its key in PEM: all are known only while the case is played.
package struct APICall: Hashable, Sendable, Codable {
    package var method: Method
    /// Behind the API's address: `/edges/tls`.
    package var path: String
    /// JSON; `nil` sends none.
    package var body: String?
    package var status: Int
    /// Who asks has another account's key.
    package var isOfOtherAccount: Bool
    /// What of the answer later steps need: names, and where it stands.
    package var saves: [Save]
    package var expects: [Field]

    package init(
        method: Method,
        path: String,
        body: String? = nil,
        status: Int? = nil,
        isOfOtherAccount: Bool = false,
        saves: [Save] = [],
        expects: [Field] = []
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.status = status ?? method.usualStatus
        self.isOfOtherAccount = isOfOtherAccount
        self.saves = saves
        self.expects = expects
    }

    package enum Method: String, CaseIterable, Hashable, Sendable, Codable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Of a request that does what it asks for.
        package var usualStatus: Int {
            switch self {
            case .get, .put, .patch: 200
            case .post: 201
            case .delete: 204
            }
        }
    }

    package struct Save: Hashable, Sendable, Codable {
        package var name: String
        package var path: String
        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    package struct Field: Hashable, Sendable, Codable {
        package var path: String
        /// JSON.
        package var value: String
        package init(path: String, value: String) {
            self.path = path
            self.value = value
        }
    }
}

/// What the target's API answered.
package struct APIAnswer: Hashable, Sendable, Codable {
    package var status: Int
    /// What it says of its refusal; empty where it does not.
    package var words: String
    /// What stands where the call looks.
    package var fields: [Field]

    package init(status: Int, words: String = "", fields: [Field] = []) {
        self.status = status
        self.words = words
        self.fields = fields
    }

    package struct Field: Hashable, Sendable, Codable {
        package var path: String
        /// JSON; `nil` where anything will do, to be saved.
        package var expected: String?
        /// JSON; `nil` where there is nothing. What is only to be saved may be a secret, and is not told.
        package var found: String?
        package init(path: String, expected: String?, found: String?) {
            self.path = path
            self.expected = expected
            self.found = found
        }
    }
}
