import JSONText

/// What is said to a CA and heard of it for one certificate.
struct Conversation {
    /// As often is a request said again whose nonce the CA does not take: it may forget them (RFC 8555 section 6.5).
    private static let nonceTries = 10
    /// So often is looked how far a CA has come, at ``pause`` or as it asks: some five minutes.
    private static let looks = 100
    private static let pause = Duration.seconds(3)
    /// How much of a CA's `Retry-After` is heeded while an order is under way.
    private static let longestPause = Duration.seconds(60)

    private let key: AccountKey
    private let transport: any ACMETransport
    private let clock: any Clock<Duration>
    private let directory: Directory
    private var nonce: String?
    private var signer = SignedRequest.Signer.newAccount

    /// Asks where everything is.
    init(
        directory: String,
        key: AccountKey,
        transport: any ACMETransport,
        clock: any Clock<Duration>
    ) async throws {
        self.key = key
        self.transport = transport
        self.clock = clock
        let answer = try await transport.send(ACMERequest(.get, directory))
        self.directory = try Directory(try answer.checked().json)
    }

    // MARK: The account

    /// Makes the account, or finds the one that the key has (section 7.3.1).
    mutating func signIn(contacts: [String]) async throws {
        let answer = try await self.post(
            .object([
                .init("termsOfServiceAgreed", .bool(true)),
                .init("contact", .array(contacts.map { .string($0) })),
            ]),
            to: self.directory.newAccount
        )
        guard let account = answer.location else { throw ACMEError(.badAnswer, "the account has no address") }
        self.signer = .account(account)
    }

    // MARK: The order

    mutating func order(_ name: String) async throws -> (url: String, Order) {
        let identifier = JSONValue.object([.init("type", .string("dns")), .init("value", .string(name))])
        let answer = try await self.post(
            .object([.init("identifiers", .array([identifier]))]),
            to: self.directory.newOrder
        )
        guard let url = answer.location else { throw ACMEError(.badAnswer, "the order has no address") }
        return (url, try Order(try answer.json))
    }

    /// Has the CA see that the name is ours, unless it remembers that it is.
    mutating func prove(_ name: String, at url: String, answeredBy responder: some ChallengeResponder) async throws {
        let authorization = try Authorization(try await self.look(at: url).json)
        guard authorization.status == .pending else { return try authorization.check() }
        guard let challenge = authorization.challenges.first else {
            throw ACMEError(.noChallenge, "the CA does not offer tls-alpn-01 for '\(name)'")
        }
        let asked = TLSALPNChallenge(name: name, authorization: self.key.authorization(of: challenge.token))
        try responder.answer(asked)
        defer { responder.withdraw(asked) }
        _ = try await self.post(.object([]), to: challenge.url)
        for _ in 0..<Self.looks {
            let answer = try await self.look(at: url)
            let authorization = try Authorization(try answer.json)
            guard authorization.status == .pending else { return try authorization.check() }
            try await self.wait(answer)
        }
        throw ACMEError(.tookTooLong, "the CA has not looked whether '\(name)' is ours")
    }

    mutating func finalize(_ order: Order, at url: String, with request: [UInt8]) async throws -> Order {
        let csr = JSONValue.object([.init("csr", .string(Base64URL.encoded(request)))])
        var answer = try await self.post(csr, to: order.finalize)
        for _ in 0..<Self.looks {
            let order = try Order(try answer.json)
            switch order.status {
            case .valid: return order
            case .invalid: throw order.problem?.error() ?? ACMEError(.badAnswer, "the order is invalid")
            case .pending, .ready, .processing: break
            }
            try await self.wait(answer)
            answer = try await self.look(at: url)
        }
        throw ACMEError(.tookTooLong, "the CA has not issued the certificate")
    }

    /// The chain in PEM.
    mutating func download(_ order: Order) async throws -> String {
        guard let url = order.certificate else { throw ACMEError(.badAnswer, "the order has no certificate") }
        guard let chain = String(validating: try await self.look(at: url).body, as: UTF8.self) else {
            throw ACMEError(.badAnswer, "the certificate is no text")
        }
        return chain
    }

    private func wait(_ answer: ACMEResponse) async throws {
        try await self.clock.sleep(for: min(max(answer.retryAfter ?? Self.pause, .seconds(1)), Self.longestPause))
    }

    // MARK: One request

    /// What would be a GET (section 6.3).
    private mutating func look(at url: String) async throws -> ACMEResponse { try await self.post(nil, to: url) }

    private mutating func post(_ payload: JSONValue?, to url: String) async throws -> ACMEResponse {
        var triesLeft = Self.nonceTries
        while true {
            let body = try SignedRequest.body(
                payload,
                to: url,
                nonce: try await self.takeNonce(),
                signer: self.signer,
                key: self.key
            )
            let answer = try await self.transport.send(ACMERequest(.post, url, body: body))
            self.nonce = answer.nonce
            do throws(ACMEError) {
                return try answer.checked()
            } catch {
                triesLeft -= 1
                guard error.code == .badNonce, triesLeft > 0 else { throw error }
            }
        }
    }

    private mutating func takeNonce() async throws -> String {
        if let nonce = self.nonce {
            self.nonce = nil
            return nonce
        }
        let answer = try await self.transport.send(ACMERequest(.head, self.directory.newNonce)).checked()
        guard let nonce = answer.nonce else { throw ACMEError(.badAnswer, "there is no nonce") }
        return nonce
    }
}

extension Authorization {
    /// - Throws: why it is of no use.
    fileprivate func check() throws {
        guard self.status != .valid else { return }
        let problem = self.challenges.lazy.compactMap(\.problem).first
        throw problem?.error() ?? ACMEError(.unauthorized, "the authorization is \(self.status.rawValue)")
    }
}

extension ACMEResponse {
    /// - Throws: what the CA has against the request.
    fileprivate func checked() throws(ACMEError) -> ACMEResponse {
        if (200..<300).contains(self.status) { return self }
        let problem = (try? JSONValue(reading: self.body)).map { Problem($0) }
        guard let problem, problem.code != .badAnswer else {
            throw ACMEError(.badAnswer, "status \(self.status)", retryAfter: self.retryAfter)
        }
        throw problem.error(retryAfter: self.retryAfter)
    }

    fileprivate var json: JSONValue {
        get throws {
            do throws(JSONError) {
                return try JSONValue(reading: self.body)
            } catch {
                throw ACMEError(.badAnswer, "\(error)")
            }
        }
    }
}
