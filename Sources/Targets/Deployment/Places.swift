internal import Foundation

/// The ports and Unix sockets that the harness gives to processes, by the names that target.yaml chose.
struct Places: Sendable {
    var ports: [String: UInt16] = [:]
    /// Paths; the program makes the socket there.
    var sockets: [String: String] = [:]

    init() {}

    /// - Parameters:
    ///   - instance: Which of the process's like it is, so that each has its own.
    ///   - taken: Ports that this target has been given already.
    init(of plan: ProcessPlan, instance: String, in directory: URL, taken: inout Set<UInt16>) throws(TargetError) {
        for name in plan.ports {
            var port: UInt16
            repeat { port = try Loopback.freePort() } while !taken.insert(port).inserted
            self.ports[name] = port
        }
        for name in plan.sockets {
            let path = directory.appending(path: "\(name)-\(instance).sock").path
            guard path.utf8.count <= 107 else {
                throw TargetError(
                    .badTemplate,
                    "\(path) is longer than the 107 bytes of a Unix socket's path",
                    hint: "name a shorter folder in TMPDIR"
                )
            }
            self.sockets[name] = path
        }
    }

    mutating func merge(_ other: Places) {
        self.ports.merge(other.ports) { $1 }
        self.sockets.merge(other.sockets) { $1 }
    }

    /// What templates look up below `ports` and `sockets`.
    func add(toValues values: inout [String: Any]) {
        var ports = values["ports"] as? [String: Any] ?? [:]
        for (name, port) in self.ports { ports[name] = Int(port) }
        values["ports"] = ports
        var sockets = values["sockets"] as? [String: Any] ?? [:]
        for (name, path) in self.sockets { sockets[name] = path }
        values["sockets"] = sockets
    }
}

/// All that one start of a target is given.
struct TargetPlaces: Sendable {
    /// Where clients connect.
    var edgePort: UInt16
    /// What there is one of.
    private var common: Places
    /// What every process of one endpoint has of its own, by the endpoint's id.
    private var own: [String: Places] = [:]
    private var ownPlans: [ProcessPlan] = []

    init(edgePort: UInt16 = 0, common: Places = Places()) {
        self.edgePort = edgePort
        self.common = common
    }

    init(for plans: [ProcessPlan], of deployment: Deployment) throws(TargetError) {
        self.init(edgePort: try Loopback.freePort())
        var taken: Set<UInt16> = [self.edgePort]
        let directory = deployment.workDirectory
        for plan in plans {
            switch plan.serves {
            case .edge, .helper, .sharedAgent:
                self.common.merge(try Places(of: plan, instance: plan.name, in: directory, taken: &taken))
            case .ownAgent, .eachEndpoint:
                guard !plan.ports.isEmpty || !plan.sockets.isEmpty else { continue }
                self.ownPlans.append(plan)
                for (number, endpoint) in deployment.endpoints.enumerated() where plan.covers(endpoint.plan) {
                    let places = try Places(of: plan, instance: "e\(number)", in: directory, taken: &taken)
                    self.own["e\(number)", default: Places()].merge(places)
                }
            }
        }
    }

    /// Adds what the processes of this instance may know: what there is one of, and what is its own. What others have of
    /// their own is absent, and yet a name.
    func add(toValues values: inout [String: Any], instance: String) {
        var absent: (ports: [String: Any], sockets: [String: Any]) = ([:], [:])
        for name in self.ownPlans.flatMap(\.ports) { absent.ports[name] = NSNull() }
        for name in self.ownPlans.flatMap(\.sockets) { absent.sockets[name] = NSNull() }
        values["ports"] = absent.ports
        values["sockets"] = absent.sockets
        self.common.add(toValues: &values)
        self.own[instance]?.add(toValues: &values)
    }

    /// Whether endpoints have any of their own.
    var hasOwn: Bool { !self.own.isEmpty }
}
