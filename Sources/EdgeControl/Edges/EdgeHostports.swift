import Addresses
import AgentProtocol
import EdgeCore

/// The names of an edge, as `host:443`.
enum EdgeHostports {
    /// Each is a name that is looked up for every connection, and a certificate that must cover it.
    private static let limit = 100

    static func read(_ hostports: [String]) throws(ControlError) -> [DomainName] {
        guard hostports.count <= Self.limit else { throw .tooManyHostports(Self.limit) }
        var names: [DomainName] = []
        for hostport in hostports {
            let name = try Self.read(hostport)
            // An edge cannot be at one name twice, and no number but this is about two of a kind.
            guard !names.contains(name) else { throw .hostportTaken(hostport) }
            names.append(name)
        }
        return names
    }

    private static func read(_ hostport: String) throws(ControlError) -> DomainName {
        guard let colon = hostport.lastIndex(of: ":") else { throw .hostportInvalid(hostport) }
        let (host, port) = (hostport[..<colon], hostport[hostport.index(after: colon)...])
        guard !host.isEmpty, !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .hostportInvalid(hostport)
        }
        guard let number = UInt16(port), number > 0 else { throw .portOutOfRange(hostport, port) }
        let unbracketed = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        guard IPAddress(unbracketed) == nil else { throw .addressOfEdge(hostport) }
        guard number == 443 else { throw .portNot443(hostport) }
        do throws(NgrokError) {
            return try DomainName(String(host))
        } catch {
            throw .hostportInvalid(hostport)
        }
    }

    static func check(
        _ names: [DomainName],
        of identity: ObjectIdentity,
        former: [DomainName],
        in state: ControlState,
        context: ChangeContext
    ) throws(ControlError) {
        for name in names {
            let hostport = "\(name):443"
            guard let domain = state.reservedDomain(name) else { throw .domainNotReserved(hostport) }
            guard domain.accountID == identity.accountID else { throw .domainOfAnother(hostport) }
            if let edge = state.edge(at: name), edge.id != identity.id { throw .hostportTaken(hostport) }
            // What the edge had before no agent can have taken.
            guard former.contains(name) || context.agentNames[name] == nil else { throw .servedByAgent(hostport) }
        }
    }
}

extension ControlError {
    fileprivate static func hostportInvalid(_ hostport: String) -> ControlError {
        ControlError(
            code: 7104,
            "'\(hostport)' is no hostport. Write a host name and a port, such as app.example.com:443.",
            field: "hostports"
        )
    }
    fileprivate static func portOutOfRange(_ hostport: String, _ port: Substring) -> ControlError {
        ControlError(code: 7112, "The port \(port) of '\(hostport)' is not in 1-65535.", field: "hostports")
    }
    fileprivate static func portNot443(_ hostport: String) -> ControlError {
        ControlError(code: 7116, "'\(hostport)' does not use port 443, as a domain must.", field: "hostports")
    }
    fileprivate static func domainNotReserved(_ hostport: String) -> ControlError {
        ControlError(code: 7117, "The domain '\(hostport)' is not reserved. Reserve it first.", field: "hostports")
    }
    fileprivate static func domainOfAnother(_ hostport: String) -> ControlError {
        ControlError(code: 7118, "The domain '\(hostport)' is not reserved by this account.", field: "hostports")
    }
    fileprivate static func hostportTaken(_ hostport: String) -> ControlError {
        ControlError(code: 7122, "'\(hostport)' is on an edge already.", field: "hostports")
    }
    fileprivate static func tooManyHostports(_ limit: Int) -> ControlError {
        ControlError(code: 7129, "An edge may have \(limit) hostports.", field: "hostports")
    }
    fileprivate static func servedByAgent(_ hostport: String) -> ControlError {
        ControlError(
            code: 7132,
            "'\(hostport)' is in use by an agent directly. Stop that tunnel first.",
            field: "hostports"
        )
    }
    fileprivate static func addressOfEdge(_ hostport: String) -> ControlError {
        ControlError(code: 7133, "'\(hostport)' is an address, and TLS edges have domains.", field: "hostports")
    }
}
