package import Addresses
package import Foundation
package import ScenarioModel

/// An endpoint with everything that the target's configuration needs to know of it.
package struct DeployedEndpoint: Hashable, Sendable {
    package var plan: EndpointPlan
    /// Where its upstream listens, or would listen.
    package var upstreamAddress: TransportAddress
    package var files: Files
    /// Its traffic policy, JSON, with all that stands in it.
    package var policy: String?

    package init(plan: EndpointPlan, upstreamAddress: TransportAddress, files: Files) {
        self.plan = plan
        self.upstreamAddress = upstreamAddress
        self.files = files
    }

    /// PEM files that exist already.
    package struct Files: Hashable, Sendable {
        /// The chain that the terminating party presents, leaf first.
        package var serverCertificate: URL
        package var serverKey: URL
        /// The CAs whose clients are let in, all in one file; `nil` asks for no client certificate.
        package var mutualTLSCAs: URL?
        /// The CA that the upstream's certificate is verified against; `nil` verifies nothing.
        package var upstreamCA: URL?
        /// What an upstream is shown that asks for a certificate.
        package var upstreamClient: Pair?

        package struct Pair: Hashable, Sendable {
            /// A chain, leaf first.
            package var certificate: URL
            package var key: URL
            package init(certificate: URL, key: URL) {
                self.certificate = certificate
                self.key = key
            }
        }

        package init(
            serverCertificate: URL,
            serverKey: URL,
            mutualTLSCAs: URL? = nil,
            upstreamCA: URL? = nil,
            upstreamClient: Pair? = nil
        ) {
            self.serverCertificate = serverCertificate
            self.serverKey = serverKey
            self.mutualTLSCAs = mutualTLSCAs
            self.upstreamCA = upstreamCA
            self.upstreamClient = upstreamClient
        }
    }
}

/// Everything that one target is asked to serve at once.
package struct Deployment: Hashable, Sendable {
    package var baseDomain: String
    package var endpoints: [DeployedEndpoint]
    /// How many connections at once it is to let in, where that is not for the target to say.
    package var limits: [ConnectionLimit: Int] = [:]
    /// An existing empty folder with a short path, because sockets are made in it (a socket's path has at most 107
    /// bytes). It is removed when the target stops.
    package var workDirectory: URL
    /// An existing folder, in which a target finds what it kept there when it is started again.
    package var stateDirectory: URL
    /// What an edge presents where no endpoint says otherwise.
    package var defaultCertificate: URL
    package var defaultKey: URL
    /// For the edge's port that agents connect to, and for agents to verify it with.
    package var agentsCertificate: URL
    package var agentsKey: URL
    package var agentsCA: URL

    package init(
        baseDomain: String,
        endpoints: [DeployedEndpoint],
        workDirectory: URL,
        stateDirectory: URL? = nil,
        defaultCertificate: URL,
        defaultKey: URL,
        agentsCertificate: URL,
        agentsKey: URL,
        agentsCA: URL
    ) {
        self.baseDomain = baseDomain
        self.endpoints = endpoints
        self.workDirectory = workDirectory
        self.stateDirectory = stateDirectory ?? workDirectory
        self.defaultCertificate = defaultCertificate
        self.defaultKey = defaultKey
        self.agentsCertificate = agentsCertificate
        self.agentsKey = agentsKey
        self.agentsCA = agentsCA
    }
}
