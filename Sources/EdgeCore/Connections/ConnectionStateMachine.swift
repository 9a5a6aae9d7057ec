package import Addresses
package import TLSWire

/// What becomes of a client's connection from its first byte until an endpoint takes it.
///
/// It holds no channel, clock or logger: bytes and the ends of waits go in, the one thing to do next comes out. What it
/// never does is guess. A hello that is unfinished, malformed or nameless has no route.
package struct ConnectionStateMachine<Endpoint>: ~Copyable {
    private enum State: ~Copyable {
        /// Too few bytes to tell TLS from another protocol.
        case recognising([UInt8], ClientHelloReader.Limits)
        case readingHello(ClientHelloReader)
        case decided
    }

    package enum Action {
        case readMore
        /// The endpoint's rules are met. The bytes read so far have to be replayed to whoever ends TLS.
        case serve(Endpoint, ClientHello, decision: IPPolicyDecision?)
        case refuse(Refusal)
        /// The client is a CA that asks whether a name leads here. The bytes read so far have to be replayed.
        case answerChallenge(ClientHello)
        /// The endpoint was found and does not serve this client: closed without a byte, and an event.
        case deny(Endpoint, ClientHello)
        /// Everything was decided before; there is nothing to do.
        case nothing
    }

    /// What a routing table knows of a name.
    package enum Route {
        case endpoint(Endpoint, IPRestrictions)
        /// Reserved, and no agent serves it now.
        case offline
        case unknown
    }

    private var state: State

    package init(limits: ClientHelloReader.Limits) {
        self.state = .recognising([], limits)
    }

    private init(_ state: consuming State) {
        self.state = state
    }

    /// The next bytes of the connection.
    ///
    /// - Parameter isChallenge: Whether the edge itself answers a client, whoever has the name. It comes before all rules, which
    ///   are for who comes to the endpoint: a CA does not say where it asks from.
    package mutating func received(
        _ bytes: [UInt8],
        from client: IPAddress,
        isChallenge: (ClientHello) -> Bool,
        route: (String) -> Route
    ) -> Action {
        switch consume self.state {
        case .recognising(let earlier, let limits):
            let prefix = earlier + bytes
            switch OpeningRecognizer.recognize(prefix.span) {
            case .undecided:
                self = Self(.recognising(prefix, limits))
                return .readMore
            case .notTLS(let kind):
                self = Self(.decided)
                return .refuse(Refusal(.notTLS, detail: kind.rawValue))
            case .tls:
                self = Self(.decided)
                return self.read(
                    prefix,
                    with: ClientHelloReader(limits: limits),
                    from: client,
                    isChallenge: isChallenge,
                    route: route
                )
            }
        case .readingHello(let reader):
            self = Self(.decided)
            return self.read(bytes, with: reader, from: client, isChallenge: isChallenge, route: route)
        case .decided:
            self = Self(.decided)
            return .nothing
        }
    }

    /// The deadline for the hello has passed.
    package mutating func helloDeadlinePassed() -> Action { self.end(.helloTimeout) }

    /// The client closed its sending side, or all of the connection.
    package mutating func inputClosed() -> Action { self.end(.helloAbandoned) }

    private mutating func end(_ reason: Refusal.Reason) -> Action {
        switch consume self.state {
        case .recognising(_, _):
            self = Self(.decided)
            return .refuse(Refusal(reason))
        case .readingHello(_):
            self = Self(.decided)
            return .refuse(Refusal(reason))
        case .decided:
            self = Self(.decided)
            return .nothing
        }
    }

    private mutating func read(
        _ bytes: [UInt8],
        with reader: ClientHelloReader,
        from client: IPAddress,
        isChallenge: (ClientHello) -> Bool,
        route: (String) -> Route
    ) -> Action {
        var reader = reader
        do throws(WireError) {
            switch try reader.append(bytes.span) {
            case .needsMore:
                self = Self(.readingHello(reader))
                return .readMore
            case .complete(let hello):
                return isChallenge(hello) ? .answerChallenge(hello) : Self.decide(hello, from: client, route: route)
            }
        } catch {
            return .refuse(Refusal(.malformedHello, alert: error.alert, detail: error.description))
        }
    }

    private static func decide(_ hello: ClientHello, from client: IPAddress, route: (String) -> Route) -> Action {
        guard let serverName = hello.serverName else {
            // RFC 9846 section 9.2 has missing_extension for this; older clients do not know it.
            return .refuse(
                Refusal(.noServerName, alert: hello.offersTLS13 ? .missingExtension : .handshakeFailure)
            )
        }
        switch route(serverName) {
        case .unknown:
            return .refuse(Refusal(.unknownName, alert: .unrecognizedName, serverName: serverName))
        case .offline:
            return .refuse(Refusal(.offline, serverName: serverName))
        case .endpoint(let endpoint, let restrictions):
            let decision = restrictions.decision(for: client)
            return decision == .block
                ? .deny(endpoint, hello) : .serve(endpoint, hello, decision: decision)
        }
    }
}
