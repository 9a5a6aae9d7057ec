package import AgentProtocol
package import ConfigurationFiles
package import Foundation
import LibCrypto
package import NIOSSL

/// The CAs of an endpoint's mutual TLS: certificates whose basicConstraints say so, and nothing else.
package struct ClientAuthorities: Sendable {
    /// Where certificates are demanded each connection has a context of its own, which is made with all of them. With so many that
    /// takes some 35 µs, which is less than a tenth of a handshake; with a hundred, half of one (270 µs).
    package static let maximumCount = 32

    /// The certificates alone, written anew.
    package let pem: [UInt8]
    private let anchors: [TrustAnchor]

    /// What a client's chain may end at, at this moment.
    package func certificates(at now: Date = Date()) -> [NIOSSLCertificate] {
        self.anchors.filter { $0.isUsable(at: now) }.map(\.certificate)
    }

    /// The CAs of a bind.
    ///
    /// - Throws: ERR_NGROK_1695 without any certificate, 1675 with too many of them, 14002 for what cannot be parsed or is no certificate, 1696 for a
    ///   certificate that is no CA: as a root it would let in whoever its key signs for.
    package init(pem: [UInt8]) throws(NgrokError) {
        try self.init(Self.blocks(of: pem), mayHoldOthers: false)
    }

    /// The CAs of a file. What is neither certificate nor key is left out.
    ///
    /// - Throws: a sentence for each way in which the file can be unusable. One with a private key is, because the file is
    ///   meant to be sent to the edge.
    package static func read(_ path: String) throws(ConfigurationError) -> ClientAuthorities {
        try Self.read([.file(path)])
    }

    /// The CAs of all of these likewise.
    package static func read(_ sources: [PEMSource]) throws(ConfigurationError) -> ClientAuthorities {
        var texts: [[UInt8]] = []
        for source in sources { texts.append(try source.bytes(what: "client CAs")) }
        let names = sources.map(\.description).joined(separator: ", ")
        do throws(NgrokError) {
            var blocks: [PEMBlock] = []
            for pem in texts { blocks += try Self.blocks(of: pem) }
            if !blocks.contains(where: \.isPrivateKey) {
                return try ClientAuthorities(blocks, mayHoldOthers: true)
            }
        } catch {
            throw ConfigurationError("the client CAs \(names) cannot be used (\(error.name))", hint: error.message)
        }
        throw ConfigurationError(
            "the client CAs \(names) hold a private key, which must not leave this machine",
            hint: "give a file with the certificates only"
        )
    }

    private static func blocks(of pem: [UInt8]) throws(NgrokError) -> [PEMBlock] {
        do {
            return try PEMBlock.blocks(of: pem)
        } catch {
            throw .mutualTLSUnreadable
        }
    }

    private init(_ blocks: [PEMBlock], mayHoldOthers: Bool) throws(NgrokError) {
        let certificates = blocks.filter(\.isCertificate)
        guard !certificates.isEmpty else { throw .mutualTLSNoCertificate }
        guard certificates.count <= Self.maximumCount else { throw .mutualTLSTooMany(Self.maximumCount) }
        guard mayHoldOthers || certificates.count == blocks.count else { throw .mutualTLSUnreadable }
        var anchors: [TrustAnchor] = []
        for block in certificates {
            let facts: CertificateFacts
            do {
                facts = try CertificateFacts(der: block.contents)
                anchors.append(try TrustAnchor(der: block.contents, isSelfIssued: facts.isSelfIssued))
            } catch {
                throw .mutualTLSUnreadable
            }
            guard facts.isAuthority else { throw .mutualTLSNotCA(facts.subject) }
        }
        self.anchors = anchors
        do {
            self.pem = try CertificateBundle.pem(certificates.map(\.contents))
        } catch {
            throw .mutualTLSUnreadable
        }
    }
}
