import EdgeAPI
import EdgeControl
import EdgeCore
import HTTPTesting
import JSONText
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// An API on a free port, with a key for each of two accounts.
struct APIFixture: Sendable {
    static let account = "ac_one"
    static let other = "ac_other"
    static let now = Timestamp(secondsSinceEpoch: 1_800_000_000, nanoseconds: 0)

    let plane: TestPlane
    let client: HTTPClient
    /// The other account's.
    let stranger: HTTPClient
    /// Without a key.
    let nobody: HTTPClient
    let clock: TestClock

    /// Serves until `body` ends.
    static func run(
        plan: Plan = .enterprise,
        rateLimit: RateLimit = RateLimit(requests: 10_000),
        publicURL: String? = nil,
        getsCertificates: Bool = false,
        _ body: @escaping @Sendable (APIFixture) async throws -> Void
    ) async throws {
        var state = ControlState(
            ControlSettings(
                baseDomains: [try DomainName("edge.test")],
                checkEventEndpoint: { _ throws(ControlError) in },
                getsCertificates: getsCertificates
            )
        )
        var seed = Seed()
        try seed.add(account: Self.account, .init(name: "One", plan: plan))
        try seed.add(account: Self.other, .init(name: "Other", plan: plan))
        for (account, key) in [(Self.account, "one_key"), (Self.other, "other_key")] {
            var draft = APIKey.Draft()
            draft.digest = TokenDigest(of: key)
            try seed.add(APIKey.self, draft, named: key, account: account)
        }
        try state.apply(seed, context: ChangeContext(now: Self.now))
        _ = try state.takeChange()
        let plane = TestPlane(state)
        let clock = TestClock()
        var configuration = APIServer.Configuration(port: 0)
        configuration.rateLimit = rateLimit
        configuration.publicURL = publicURL
        let (addresses, listening) = AsyncStream<SocketAddress?>.makeStream()
        let server = APIServer(
            configuration,
            plane: plane,
            now: { clock.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { address in
                listening.yield(address)
                listening.finish()
            }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var port: Int?
            for await address in addresses { port = address?.port }
            guard let port else { throw ChannelError.eof }
            let nobody = HTTPClient(port: port)
            var (client, stranger) = (nobody, nobody)
            client.headers.add(name: "Authorization", value: "Bearer one_key")
            stranger.headers.add(name: "Authorization", value: "Bearer other_key")
            try await body(
                APIFixture(plane: plane, client: client, stranger: stranger, nobody: nobody, clock: clock)
            )
            group.cancelAll()
        }
    }

    /// Creates something, and gives its id.
    @discardableResult
    func create(_ path: String, _ body: String = "{}") async throws -> String {
        let answer = try await self.client.send(.POST, path, body)
        guard answer.status == 201, let id = answer.json?["id"]?.text else {
            throw Refused(answer: String(decoding: answer.body, as: UTF8.self))
        }
        return id
    }

    struct Refused: Error {
        let answer: String
    }
}

/// Stands still until it is told to go on.
final class TestClock: Sendable {
    private let moment = Mutex(APIFixture.now)

    var now: Timestamp { self.moment.withLock { $0 } }

    func advance(bySeconds seconds: Int64) {
        self.moment.withLock { $0 = $0.advanced(byNanoseconds: seconds * 1_000_000_000) }
    }
}
