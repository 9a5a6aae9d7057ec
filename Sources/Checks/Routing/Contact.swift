import ScenarioModel

/// One connection that an upstream saw, and what of a client came over it.
struct Contact {
    let endpoint: String
    let connection: UpstreamConnection
    let reach: Reach

    /// From the least to the most. What is below ``bytes`` carries nothing of a client.
    enum Reach: Int, Comparable {
        /// It was dialled, and nothing came.
        case dialled
        /// Only what is the edge's own: a PROXY header that the endpoint asks for, the hello of a TLS session that the
        /// edge begins itself.
        case preamble
        /// Bytes of the client: TLS bytes where they are passed on, and whatever nobody asked the edge for.
        case bytes
        /// Application data, inside TLS or in the clear.
        case data

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// - Parameter plan: `nil` for the decoy, where nothing has any business to be.
    init(_ connection: UpstreamConnection, on endpoint: String, plan: EndpointPlan?, clients: [ClientObservation]) {
        self.endpoint = endpoint
        self.connection = connection
        self.reach = Self.reach(of: connection, plan: plan, clients: clients)
    }

    private static func reach(
        of connection: UpstreamConnection,
        plan: EndpointPlan?,
        clients: [ClientObservation]
    ) -> Reach {
        if connection.applicationReceived.count > 0 { return .data }
        let leg = connection.leg
        guard let plan else { return leg.firstReadCount > 0 || leg.receivedCount > 0 ? .bytes : .dialled }
        if leg.receivedCount > 0 {
            switch plan.role {
            case .passthrough: return .bytes
            case .edge, .agent: return .data
            case .reEncrypt, .agentReEncrypt:
                // Where TLS is due, anything else is what should have been inside it.
                guard TLSOpening.begins(leg.received.bytes) else { return .data }
                return clients.contains { leg.received.bytes.isOpening(of: $0) } ? .bytes : .preamble
            }
        }
        if plan.proxyProtocol == 0 {
            if connection.proxyHeader != .absent { return .bytes }
            // A first read that was not yet looked at. TLS of the edge's own would be no more than that.
            if leg.firstReadCount > 0, !plan.role.upstreamIsTLS || plan.role == .passthrough { return .bytes }
        }
        return leg.firstReadCount > 0 ? .preamble : .dialled
    }
}

extension Contact {
    /// Several of one kind on one endpoint are told together.
    static func words(_ contacts: [Contact]) -> String {
        var kinds: [(first: Contact, count: Int)] = []
        for contact in contacts {
            if let place = kinds.firstIndex(where: {
                $0.first.endpoint == contact.endpoint && $0.first.reach == contact.reach
            }) {
                kinds[place].count += 1
            } else {
                kinds.append((contact, 1))
            }
        }
        guard !kinds.isEmpty else { return "no upstream was dialled" }
        return kinds.map { $0.first.words(count: $0.count) }.joined(separator: ", ")
    }

    private func words(count: Int) -> String {
        let connections = count == 1 ? "a connection" : "\(count) connections"
        let carried =
            switch self.reach {
            case .dialled: "with no byte"
            case .preamble: "with only the edge's own preamble"
            case .bytes: "with bytes of the client"
            case .data: "with application data"
            }
        return "\(connections) on \(self.endpoint) \(carried)"
    }
}
