package import Foundation
internal import ProgramKit
package import ScenarioModel
package import Supervision

/// A client that is ready to connect: what it needs of files is made, for a run and a certificate.
package struct ClientKit: Sendable {
    package let client: ClientProgram
    /// PEM files that it is given.
    package struct Files: Hashable, Sendable {
        /// The CA that vouches for every good server.
        package var authority: URL
        /// Its own chain and key; `nil` where it has no certificate.
        package var credential: Credential?

        package struct Credential: Hashable, Sendable {
            package var certificate: URL
            package var key: URL
            package init(certificate: URL, key: URL) {
                self.certificate = certificate
                self.key = key
            }
        }

        package init(authority: URL, credential: Credential?) {
            self.authority = authority
            self.credential = credential
        }
    }

    let place: FoundClient.Place
    let files: Files
    /// `{{directory}}`.
    let directory: URL
    /// `shakedown supervise`, as words.
    let supervisor: [String]

    /// How long a preparation may take: compilers start cold.
    private static let patience = Duration.seconds(120)

    /// Runs the client's preparation.
    ///
    /// - Parameter directory: is made; whoever removes the run's work folder removes it.
    /// - Throws: ``ClientInability`` where a preparation fails: the client's trouble, and nobody else's.
    package static func prepare(
        _ client: ClientProgram,
        files: Files,
        directory: URL,
        supervisor: [String]
    ) async throws -> ClientKit {
        guard case .here(let place) = client.found else {
            throw ClientInability(client.obstacle(to: ClientPlan(engine: .program, serverName: "")) ?? client.name)
        }
        try Folder.make(directory, orThrow: { ClientInability($0) })
        let kit = ClientKit(client: client, place: place, files: files, directory: directory, supervisor: supervisor)
        for (number, call) in client.description.preparation.enumerated() {
            if let condition = call.condition, !kit.conditions().contains(condition) { continue }
            let values = kit.values()
            let command = try kit.words(of: call, values, conditions: kit.conditions())
            let log = directory.appending(path: "prepare-\(number + 1).log")
            let process = try SupervisedProcess(
                title: client.name,
                supervisor: supervisor,
                options: SupervisorOptions(
                    command: command,
                    directory: directory.path,
                    stopSignal: .terminate,
                    grace: .seconds(1)
                ),
                environment: try kit.environment(of: call, values),
                log: log
            )
            let status = await process.waitForExit(before: .now + Self.patience)
            await process.end()
            guard status == 0 else {
                throw ClientInability(
                    "\(client.name) could not be prepared: \(ShellWords(command).text) ended with "
                        + "\(status.map { "status \($0)" } ?? "nothing in \(Self.patience)"):\n\(process.lastWords)"
                )
            }
        }
        return kit
    }
}

// MARK: - Words

extension ClientKit {
    /// One connection, as the client is told of it.
    package struct Connection: Sendable {
        /// On 127.0.0.1.
        package var port: Int
        package var plan: ClientPlan
        package var path: String
        /// What it says where it has no words of its own.
        package var request: [UInt8]
        /// An empty folder.
        package var scratch: URL

        package init(port: Int, plan: ClientPlan, path: String, request: [UInt8], scratch: URL) {
            self.port = port
            self.plan = plan
            self.path = path
            self.request = request
            self.scratch = scratch
        }

        var requestFile: URL { self.scratch.appending(path: ".request") }
    }

    static let host = "127.0.0.1"

    private func values(_ connection: Connection? = nil) -> [ClientTemplate.Word: String] {
        var values: [ClientTemplate.Word: String] = [
            .ca: self.files.authority.path, .folder: self.client.folder.path, .directory: self.directory.path,
            .host: Self.host, .variant: self.client.variant.name ?? "",
        ]
        values[.certificate] = self.files.credential?.certificate.path
        values[.key] = self.files.credential?.key.path
        guard let connection else { return values }
        let name = connection.plan.serverName ?? Self.host
        values[.port] = "\(connection.port)"
        values[.name] = name
        values[.path] = connection.path
        values[.url] = "https://\(name):\(connection.port)\(connection.path)"
        values[.alpn] = connection.plan.alpn.joined(separator: ",")
        values[.minimum] = connection.plan.minimumVersion.rawValue
        values[.maximum] = connection.plan.maximumVersion.rawValue
        values[.scratch] = connection.scratch.path
        values[.request] = connection.requestFile.path
        return values
    }

    private func conditions(_ plan: ClientPlan? = nil) -> Set<ClientDescription.Condition> {
        var conditions: Set<ClientDescription.Condition> = []
        if self.files.credential != nil { conditions.insert(.certificate) }
        guard let plan else { return conditions }
        if plan.serverName != nil { conditions.insert(.name) }
        if !plan.alpn.isEmpty { conditions.insert(.alpn) }
        if plan.maximumVersion < .tls13 { conditions.insert(.onlyTLS12) }
        if plan.minimumVersion > .tls12 { conditions.insert(.onlyTLS13) }
        return conditions
    }

    private func words(
        of call: ClientDescription.Call,
        _ values: [ClientTemplate.Word: String],
        conditions: Set<ClientDescription.Condition>
    ) throws -> [String] {
        func words(_ arguments: [ClientDescription.Argument]) throws -> [String] {
            try arguments.flatMap { argument -> [String] in
                switch argument {
                case .text(let text): [try ClientTemplate.render(text, values)]
                case .when(let condition, let then, let otherwise):
                    try words(conditions.contains(condition) ? then : otherwise)
                case .ofVariant: try words(self.client.variant.arguments)
                }
            }
        }
        let program = try self.place.programs[call.program] ?? ClientTemplate.render(call.program, values)
        return [program] + (try words(call.arguments))
    }

    private func environment(
        of call: ClientDescription.Call,
        _ values: [ClientTemplate.Word: String]
    ) throws -> [String: String] {
        try self.place.environment.merging(call.environment.mapValues { try ClientTemplate.render($0, values) }) { $1 }
    }
}

// MARK: - Connecting

extension ClientKit {
    /// Nothing of the user's decides what a client does: neither a file in the home folder nor a proxy.
    private static let withoutUser = [
        "http_proxy": "", "https_proxy": "", "all_proxy": "", "HTTP_PROXY": "", "HTTPS_PROXY": "", "ALL_PROXY": "",
        "no_proxy": "*", "NO_PROXY": "*", "LC_ALL": "C.UTF-8",
    ]

    /// A client's program that runs.
    package struct Running: Sendable {
        package let process: SupervisedProcess
        /// As a shell would be told it.
        package let command: String
        fileprivate let output: URL

        /// Both outputs as they are by now: what it printed, and then what it complained of.
        package var words: (printed: [UInt8], complained: String) {
            let printed = (try? Data(contentsOf: self.output)) ?? Data()
            let complained = (try? Data(contentsOf: self.process.log)) ?? Data()
            return (Array(printed.prefix(Self.limit)), String(decoding: complained.prefix(Self.limit), as: UTF8.self))
        }

        /// What a client that goes mad may print, as far as it is looked at.
        private static let limit = 1 << 20
    }

    /// An empty folder for one connection, which its user removes.
    package func makeScratch() throws -> URL {
        let scratch = self.directory.appending(path: "connection-\(UUID().uuidString)")
        try Folder.make(scratch, orThrow: { ClientInability($0) })
        return scratch
    }

    /// Starts the program for one connection.
    ///
    /// - Throws: ``ClientInability`` where it cannot be started.
    package func start(_ connection: Connection) throws -> Running {
        let values = self.values(connection)
        let call = self.client.description.connection
        do {
            let command = try self.words(of: call, values, conditions: self.conditions(connection.plan))
            try WholeFile.write(connection.request, to: connection.requestFile.path, mode: 0o600)
            let output = connection.scratch.appending(path: ".output")
            let process = try SupervisedProcess(
                title: self.client.name,
                supervisor: self.supervisor,
                options: SupervisorOptions(
                    command: command,
                    directory: connection.scratch.path,
                    stopSignal: .terminate,
                    grace: .milliseconds(500),
                    inputFile: self.client.description.saysRequest ? connection.requestFile.path : nil,
                    outputFile: output.path
                ),
                environment: Self.withoutUser.merging(["HOME": connection.scratch.path]) { $1 }
                    .merging(try self.environment(of: call, values)) { $1 },
                log: connection.scratch.appending(path: ".complaints")
            )
            return Running(process: process, command: ShellWords(command).text, output: output)
        } catch let error as ClientInability {
            throw error
        } catch {
            throw ClientInability("\(self.client.name) cannot be started: \(error)")
        }
    }
}

/// What a client could not do, by no fault of whom it should have connected to: nobody is judged by it.
package struct ClientInability: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
