import EdgeCore
import Foundation

/// Where everything listens, for whoever started the edge with port 0.
package struct ReadyFile: Hashable, Sendable {
    package var listen: [String]
    package var agents: String
    package var metrics: String?
    package var processID: Int32

    package init(listen: [String], agents: String, metrics: String?, processID: Int32) {
        self.listen = listen
        self.agents = agents
        self.metrics = metrics
        self.processID = processID
    }

    package var json: String {
        let listen = self.listen.map { JSONText.string($0) }.joined(separator: ",")
        let metrics = self.metrics.map { JSONText.string($0) } ?? "null"
        return #"{"listen":[\#(listen)],"agents":\#(JSONText.string(self.agents)),"metrics":\#(metrics),"#
            + #""pid":\#(self.processID)}"# + "\n"
    }

    /// Appears whole or not at all.
    package func write(to path: String) throws(EdgeError) {
        do {
            try Data(self.json.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw EdgeError("cannot write the ready file \(path)", hint: "check that its folder exists")
        }
    }
}
