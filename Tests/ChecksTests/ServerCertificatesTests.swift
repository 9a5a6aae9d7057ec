import ScenarioModel
import Testing
import Verdicts

@testable import Checks

/// Where every endpoint has a certificate of its own, another's is told by name.
@Suite("Whose certificate answered")
struct ServerCertificatesTests {
    private static let judge: Judge = {
        var certificates = ServerCertificates(Made.certificates)
        certificates.add(ByteString([11]), recipe: "edge-server", domain: "tenant-1.shakedown.test")
        certificates.add(ByteString([12]), recipe: "edge-server", domain: "other-1.shakedown.test")
        return Judge(
            context: JudgeContext(
                deadlines: [:],
                certificates: certificates,
                edgeAddresses: [Made.edge],
                hasEvents: false
            )
        )
    }()

    @Test(
        "the endpoint's own passes; another's, and that of nobody in particular, fail with their names",
        arguments: [
            (11, nil), (12, "edge-server of other-1.shakedown.test"), (1, "edge-server"),
            (99, "a certificate of no recipe"),
        ] as [(UInt8, String?)]
    )
    func ownCertificate(leaf: UInt8, stranger: String?) {
        let expectation = Made.expect {
            $0.route = .endpoint("tenant"); $0.terminatedBy = .edge
        }
        let observation = Made.good(.edge).with { $0.clients[0].handshake.peerCertificates = [ByteString([leaf])] }
        let verdict = Self.judge.judge(Made.testCase(.edge, strict: [expectation]), observation)
        #expect(verdict.outcome == (stranger == nil ? .pass : .fail))
        let check = verdict.checks.first { $0.check == "terminated-by" }
        #expect(check?.expected == "the edge, with the certificate edge-server of tenant-1.shakedown.test")
        #expect(check?.observed == stranger ?? "edge-server of tenant-1.shakedown.test")
    }

    @Test("whatever a case is about, a client that was let through has seen its endpoint's own")
    func impliedCertificate() {
        let served = Made.expect {
            $0.route = .endpoint("tenant"); $0.handshake = .completed
        }
        for (leaf, outcome) in [(11, Outcome.pass), (12, .fail), (1, .fail), (99, .fail)] as [(UInt8, Outcome)] {
            let observation = Made.good(.edge).with { $0.clients[0].handshake.peerCertificates = [ByteString([leaf])] }
            let verdict = Self.judge.judge(Made.testCase(.edge, strict: [served]), observation)
            #expect(verdict.outcome == outcome, "\(leaf)")
            #expect(verdict.checks.first { $0.check == "certificate" }?.holds == (outcome == .pass))
        }
        // A resumed session of some stacks has none to show.
        let resumed = Made.good(.edge).with { $0.clients[0].handshake.peerCertificates = [] }
        #expect(Self.judge.judge(Made.testCase(.edge, strict: [served]), resumed).outcome == .pass)
    }

    @Test("a certificate that an alternative names is the one of the endpoint it routes to")
    func namedCertificate() {
        let expectation = Made.expect {
            $0.route = .endpoint("tenant"); $0.certificate = "edge-server"
        }
        for (leaf, outcome) in [(11, Outcome.pass), (12, .fail)] as [(UInt8, Outcome)] {
            let observation = Made.good(.edge).with { $0.clients[0].handshake.peerCertificates = [ByteString([leaf])] }
            #expect(Self.judge.judge(Made.testCase(.edge, strict: [expectation]), observation).outcome == outcome)
        }
    }

    @Test(
        "intermediates are presented behind the certificate, in their order; the root may follow, and a resumed session shows none",
        arguments: [
            ([4, 5, 6], false, true), ([4, 5, 6, 9], false, true), ([4], false, false), ([4, 5], false, false),
            ([4, 6, 5], false, false), ([4, 9, 5, 6], false, false), ([4], true, true),
        ] as [([UInt8], Bool, Bool)]
    )
    func chain(_ shown: [UInt8], isResumed: Bool, holds: Bool) {
        var certificates = ServerCertificates(Made.certificates)
        certificates.set([ByteString([5]), ByteString([6])], of: "special")
        let judge = Judge(
            context: JudgeContext(deadlines: [:], certificates: certificates, edgeAddresses: [], hasEvents: false)
        )
        let expectation = Made.expect {
            $0.route = .endpoint("tenant"); $0.terminatedBy = .edge; $0.certificate = "special"
        }
        let observation = Made.good(.edge).with {
            $0.clients[0].handshake.peerCertificates = shown.map { ByteString([$0]) }
            $0.clients[0].handshake.isResumed = isResumed
        }
        let verdict = judge.judge(Made.testCase(.edge, strict: [expectation]), observation)
        #expect(verdict.outcome == (holds ? .pass : .fail))
        #expect((verdict.checks.first { $0.check == "certificate chain" } == nil) == isResumed)
    }
}
