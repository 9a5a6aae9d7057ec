import CertificateRecipes
import ClientPrograms
import Foundation
import ScenarioModel
import Supervision
import Synchronization

/// The clients of a run that are programs, each made ready for the certificates that its cases show.
struct ProgramClients: Sendable {
    private struct Need: Hashable {
        var client: String
        /// The recipe of the certificate that it shows.
        var certificate: String?
    }

    private var kits: [Need: Result<ClientKit, ClientInability>] = [:]

    /// How many preparations there are at once: compilers fill a core each.
    private static let preparationsAtOnce = 2

    /// Makes ready what these cases need. A client that cannot be is no trouble of the others.
    static func prepare(
        for cases: [Case],
        of clients: [ClientProgram],
        materials: Materials,
        folder: URL
    ) async throws -> ProgramClients {
        let plans = cases.map(\.client).filter { $0.engine == .program }
        let needs = Set(
            plans.flatMap { plan in
                plan.program.map { [Need(client: $0, certificate: plan.certificate)] } ?? []
            }
                // What a client with a bad certificate, or none, can do is tried with a good one.
                + plans.flatMap { plan in
                    plan.program.map { [Need(client: $0, certificate: ClientTrial.certificate(for: plan))] } ?? []
                }
        ).sorted { ($0.client, $0.certificate ?? "") < ($1.client, $1.certificate ?? "") }
        guard !needs.isEmpty else { return ProgramClients() }
        let authority = try materials.bundle(["ca-servers"])
        var jobs: [(need: Need, client: ClientProgram, files: ClientKit.Files, folder: URL)] = []
        for need in needs {
            guard let client = clients.first(where: { $0.name == need.client }) else { continue }
            if need.certificate != nil, !client.abilities.contains(.certificate) { continue }
            let credential = try need.certificate.map { recipe in
                let files = try materials.clientFiles(recipe)
                return ClientKit.Files.Credential(certificate: files.certificate, key: files.key)
            }
            let place = folder.appending(path: "\(need.client)+\(need.certificate ?? "none")")
            jobs.append((need, client, ClientKit.Files(authority: authority, credential: credential), place))
        }
        var programs = ProgramClients()
        try await withThrowingTaskGroup(of: (Need, Result<ClientKit, ClientInability>).self) { group in
            var waiting = jobs[...]
            var underWay = 0
            while !waiting.isEmpty || underWay > 0 {
                while underWay < Self.preparationsAtOnce, let job = waiting.popFirst() {
                    underWay += 1
                    group.addTask {
                        do {
                            let kit = try await ClientKit.prepare(
                                job.client,
                                files: job.files,
                                directory: job.folder,
                                supervisor: SupervisedProcess.ownSupervisor
                            )
                            return (job.need, .success(kit))
                        } catch let inability as ClientInability {
                            return (job.need, .failure(inability))
                        }
                    }
                }
                if let (need, result) = try await group.next() {
                    underWay -= 1
                    programs.kits[need] = result
                }
                try Task.checkCancellation()
            }
        }
        return programs
    }

    /// The kit of a plan's client; `nil` where that is no program.
    ///
    /// - Throws: ``ClientInability`` where it could not be made ready.
    func kit(for plan: ClientPlan) throws -> ClientKit? {
        guard plan.engine == .program, let client = plan.program else { return nil }
        return try self.kits[Need(client: client, certificate: plan.certificate)]?.get()
    }

    /// The harness's own TLS servers at which clients are tried: one that asks for nothing, and one for a certificate.
    static func trials(for cases: [Case], baseDomain: String) -> [Case] {
        cases.contains { $0.client.engine == .program } ? ClientTrial.cases(baseDomain: baseDomain) : []
    }
}
