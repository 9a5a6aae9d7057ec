import AgentClient
import HTTPServing
import JSONText
import Logging

/// Answers requests, one by one, without a socket.
struct LocalRequestHandler: Sendable {
    /// A tunnel with its certificate, its CAs and its policy in it.
    static let bodyLimit = 1 << 20

    private let hosts: AllowedHosts
    private let control: AgentControl
    private let facts: AgentFacts
    private let logger: Logger

    init(hosts: AllowedHosts, control: AgentControl, facts: AgentFacts, logger: Logger) {
        self.hosts = hosts
        self.control = control
        self.facts = facts
        self.logger = logger
    }

    func answer(_ request: APIRequest, body: HTTPServer.BodyReader) async -> APIResponse {
        let response: APIResponse
        do {
            response = try await self.perform(request, body: body)
        } catch {
            response = error.response
        }
        self.logger.debug(
            "local API request answered",
            metadata: [
                "http.method": "\(request.method)", "http.path": "\(request.path)", "http.status": "\(response.status)",
            ]
        )
        return response
    }

    private func perform(
        _ request: APIRequest,
        body: HTTPServer.BodyReader
    ) async throws(LocalAPIError) -> APIResponse {
        guard self.hosts.allows(request.authority) else { throw .hostNotAllowed(request.authority) }
        let (route, name) = try LocalRoute.find(method: request.method, path: request.path)
        switch route {
        case .root: return APIResponse(status: 302, body: nil, headers: [("location", StatusPage.path)])
        case .page: return StatusPage.response(self.control.status, self.facts)
        case .index: return .json(200, LocalAnswers.index)
        case .status: return .json(200, LocalAnswers.status(self.control.status, self.facts))
        case .tunnels: return .json(200, LocalAnswers.tunnels(self.control.status))
        case .tunnel: return .json(200, LocalAnswers.tunnel(try self.online(name)))
        case .endpoints: return .json(200, LocalAnswers.endpoints(self.control.status))
        case .endpoint: return .json(200, LocalAnswers.endpoint(try self.online(name)))
        case .startTunnel:
            let tunnel = try self.tunnel(try await self.json(request, body), name: nil, isEndpoint: false)
            return .json(201, LocalAnswers.tunnel(try await self.start(tunnel)))
        case .startEndpoint:
            let tunnel = try self.tunnel(try await self.json(request, body), name: nil, isEndpoint: true)
            return .json(201, LocalAnswers.endpoint(try await self.start(tunnel)))
        case .putEndpoint:
            let tunnel = try self.tunnel(try await self.json(request, body), name: name, isEndpoint: true)
            let (status, isNew) = try await self.put(tunnel)
            return .json(isNew ? 201 : 200, LocalAnswers.endpoint(status))
        case .stop:
            guard await self.control.stop(name) else { throw .unknownTunnel(name) }
            return .done
        }
    }

    private func online(_ name: String) throws(LocalAPIError) -> AgentStatus.TunnelStatus {
        guard let tunnel = self.control.status.tunnel(named: name), tunnel.isOnline else { throw .unknownTunnel(name) }
        return tunnel
    }

    private func start(_ tunnel: Tunnel) async throws(LocalAPIError) -> AgentStatus.TunnelStatus {
        do {
            return try await self.control.start(tunnel)
        } catch {
            throw LocalAPIError(error, name: tunnel.name)
        }
    }

    private func put(_ tunnel: Tunnel) async throws(LocalAPIError) -> (status: AgentStatus.TunnelStatus, isNew: Bool) {
        do {
            return try await self.control.put(tunnel)
        } catch {
            throw LocalAPIError(error, name: tunnel.name)
        }
    }

    private func tunnel(_ request: JSONValue, name: String?, isEndpoint: Bool) throws(LocalAPIError) -> Tunnel {
        do {
            let settings =
                isEndpoint ? try TunnelRequest.endpoint(request, name: name) : try TunnelRequest.tunnel(request)
            return try Tunnel(settings, handshakeTimeout: self.facts.handshakeTimeout)
        } catch {
            throw .invalidTunnel(error, isEndpoint: isEndpoint)
        }
    }

    private func json(_ request: APIRequest, _ read: HTTPServer.BodyReader) async throws(LocalAPIError) -> JSONValue {
        // Parameters say nothing: JSON is UTF-8 (RFC 8259 section 8.1).
        let media = (request.header("content-type") ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard media == "application/json" else { throw .contentTypeUnsupported }
        let bytes: [UInt8]
        do {
            bytes = try await read(Self.bodyLimit)
        } catch {
            throw LocalAPIError(error)
        }
        do {
            return try JSONValue(reading: bytes)
        } catch {
            throw .bodyMalformed("\(error)")
        }
    }
}
