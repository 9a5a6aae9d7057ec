import FolderTesting
import Foundation
import Testing

@Suite("Seeds")
struct SeedTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    @Test("the byte client sends the same bytes for the same seed, and others for another; TLS stacks send their own")
    func sameSeed() async throws {
        let first = try await self.firstFlights(seed: "0x5eed")
        let again = try await self.firstFlights(seed: "0x5eed")
        let other = try await self.firstFlights(seed: "0x5eee")
        let ids = first.keys.sorted()
        #expect(ids.count >= 10)
        #expect(again.keys.sorted() == ids)
        for id in ids {
            let isOurs = id.contains("engine=bytes")
            #expect((first[id] == again[id]) == isOurs, "\(id)")
            #expect(first[id] != other[id], "\(id)")
        }
    }

    /// Digests of all that the clients sent, by case.
    private func firstFlights(seed: String) async throws -> [String: String] {
        let report = self.folder.file(UUID().uuidString)
        let arguments = [
            "run", "framing.records.version-is-ignored", "routing.exact[role=passthrough,*]", "--seed", seed, "--quiet",
            "--report", report.path,
        ]
        let outcome = try await RunningProgram.run(Programs.path("shakedown"), arguments, in: self.folder, within: 120)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: report.appending(path: "run.json")))
        let results = try #require((json as? [String: Any])?["results"] as? [[String: Any]])
        var flights: [String: String] = [:]
        for result in results {
            let id = try #require((result["testCase"] as? [String: Any])?["id"] as? String)
            let clients = (result["observation"] as? [String: Any])?["clients"] as? [[String: Any]]
            flights[id] = (clients?.first?["leg"] as? [String: Any])?["sentDigest"] as? String
        }
        return flights
    }
}
