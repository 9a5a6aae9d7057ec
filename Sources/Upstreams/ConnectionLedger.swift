import ScenarioModel
import Synchronization

/// Whose the connections at the upstreams are.
///
/// Clients tell what only they send before they send it. A connection that carries it is found once, when its bytes come,
/// at whatever upstream that is; nobody goes through all connections to find his own.
final class ConnectionLedger: Sendable {
    fileprivate enum Owner {
        case visit(UpstreamFleet.Visit)
        /// Two cases send the same, so it tells neither.
        case several
    }

    fileprivate struct Opening {
        var bytes: [UInt8]
        var testCase: String
    }

    fileprivate struct State {
        var visitCount = 0
        var owners: [ConnectionMark: Owner] = [:]
        /// By their first bytes.
        var openings: [ArraySlice<UInt8>: [Opening]] = [:]
        /// The latest visit of a case.
        var current: [String: UpstreamFleet.Visit] = [:]
        var connections: [Int: [UpstreamServing]] = [:]
        var unrecognised: [ObjectIdentifier: UpstreamServing] = [:]
    }

    private let state = Mutex(State())

    /// Fewer bytes than these are sent by too many programs to tell one.
    static let shortestOpening = 16

    func begin(
        _ testCase: String,
        endpoints: [String],
        nonces: [String],
        at start: ContinuousClock.Instant
    )
        -> UpstreamFleet.Visit
    {
        self.state.withLock { state in
            state.visitCount += 1
            let visit = UpstreamFleet.Visit(
                number: state.visitCount,
                testCase: testCase,
                endpoints: endpoints,
                start: start
            )
            state.current[testCase] = visit
            for nonce in nonces { state.owners.claim(.nonce(nonce), for: visit) }
            return visit
        }
    }

    /// An opening that is no ClientHello. All of a run are told before the first case, so that those of several are known.
    func expect(opening bytes: [UInt8], of testCase: String) {
        guard bytes.count >= Self.shortestOpening else { return }
        self.state.withLock { state in
            let opening = Opening(bytes: bytes, testCase: testCase)
            state.openings[bytes.prefix(Self.shortestOpening), default: []].append(opening)
        }
    }

    func announce(firstFlight: [UInt8], of visit: UpstreamFleet.Visit) {
        guard let mark = ConnectionMark.random(onWire: firstFlight) else { return }
        self.state.withLock { $0.owners.claim(mark, for: visit) }
    }

    func accepted(_ connection: UpstreamServing) {
        self.state.withLock { $0.unrecognised[ObjectIdentifier(connection)] = connection }
    }

    /// Nothing more will come of it.
    func ended(_ connection: UpstreamServing) {
        self.state.withLock { _ = $0.unrecognised.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    var unrecognised: [UpstreamServing] { self.state.withLock { Array($0.unrecognised.values) } }

    /// Whose a connection with these bytes is. It is entered in the account of whoever that is.
    func recognise(
        _ connection: UpstreamServing,
        onWire wire: [UInt8],
        inside application: [UInt8]
    )
        -> UpstreamFleet.Visit?
    {
        let marks: [ConnectionMark?] = [
            .random(onWire: wire), .nonce(inside: application), .nonce(inside: wire),
        ]
        return self.state.withLock { state in
            guard let visit = state.owner(of: marks.compactMap(\.self)) ?? state.owner(ofOpening: wire) else {
                return nil
            }
            if state.unrecognised.removeValue(forKey: ObjectIdentifier(connection)) != nil {
                state.connections[visit.number, default: []].append(connection)
            }
            return visit
        }
    }

    func connections(of visit: UpstreamFleet.Visit) -> [UpstreamServing] {
        self.state.withLock { $0.connections[visit.number] ?? [] }
    }

    func forget(_ visit: UpstreamFleet.Visit) {
        self.state.withLock { _ = $0.connections.removeValue(forKey: visit.number) }
    }

    func forgetAll() { self.state.withLock { $0 = State(visitCount: $0.visitCount) } }
}

extension [ConnectionMark: ConnectionLedger.Owner] {
    /// A case that is played again sends the same bytes again.
    fileprivate mutating func claim(_ mark: ConnectionMark, for visit: UpstreamFleet.Visit) {
        switch self[mark] {
        case .visit(let other)? where other.testCase != visit.testCase: self[mark] = .several
        case .several?: break
        case .visit?, nil: self[mark] = .visit(visit)
        }
    }
}

extension ConnectionLedger.State {
    fileprivate func owner(of marks: [ConnectionMark]) -> UpstreamFleet.Visit? {
        for mark in marks {
            if case .visit(let visit)? = self.owners[mark] { return visit }
        }
        return nil
    }

    /// The whole opening must be there, and be one case's alone.
    fileprivate func owner(ofOpening wire: [UInt8]) -> UpstreamFleet.Visit? {
        guard wire.count >= ConnectionLedger.shortestOpening else { return nil }
        let candidates = self.openings[wire.prefix(ConnectionLedger.shortestOpening)] ?? []
        let matching = candidates.filter { wire.starts(with: $0.bytes) }
        guard let first = matching.first, matching.allSatisfy({ $0.testCase == first.testCase }) else { return nil }
        return self.current[first.testCase]
    }
}
