package import ScenarioModel
import Verdicts

/// Of which cases a run keeps the bytes that were seen.
package enum KeptEvidence: String, CaseIterable, Sendable {
    /// Of every case that is not a plain pass: nobody reads the bytes of what was right.
    case failures
    case all

    /// What is kept of a case that came to this.
    func kept(_ observation: Observation?, of outcome: Outcome) -> Observation? {
        self == .all || outcome != .pass ? observation : observation?.withoutBytes
    }
}

extension Observation {
    /// Who came, when, how it went and ended, and how many bytes with what digest; without the bytes.
    package var withoutBytes: Observation {
        var bare = self
        for index in bare.clients.indices {
            bare.clients[index].leg.dropBytes()
            bare.clients[index].handshake.peerCertificates = []
            bare.clients[index].handshake.secrets = nil
            bare.clients[index].applicationSent.excerpt = ByteString()
            bare.clients[index].applicationReceived.excerpt = ByteString()
        }
        for upstream in bare.upstreams.indices {
            for index in bare.upstreams[upstream].connections.indices {
                bare.upstreams[upstream].connections[index].leg.dropBytes()
                bare.upstreams[upstream].connections[index].handshake?.peerCertificates = []
                bare.upstreams[upstream].connections[index].handshake?.secrets = nil
                bare.upstreams[upstream].connections[index].applicationSent.excerpt = ByteString()
                bare.upstreams[upstream].connections[index].applicationReceived.excerpt = ByteString()
            }
        }
        return bare
    }
}

extension LegObservation {
    fileprivate mutating func dropBytes() {
        self.sent = ByteString()
        self.received = ByteString()
    }
}
