package import Addresses
import EdgeCore
import Foundation
import LibCrypto
import ProgramKit

/// The CA, the authtoken and the certificates of a development edge: those of its last start while they are good, else new ones.
package struct DevelopmentCredentials: Sendable {
    /// A file that was made anew.
    package struct Change: Hashable, Sendable {
        package let file: String
        /// What was wrong with the one before; `nil` where there was none.
        package let reason: String?

        package init(file: String, reason: String?) {
            self.file = file
            self.reason = reason
        }
    }

    /// Two years: it is trusted by hand, which nobody likes to do often, and its key should not be good for ever.
    package static let authorityDays: Int64 = 730
    /// What the CA has left at least, so that no certificate outlives it.
    package static let certificateDays: Int64 = 90
    /// What a certificate has left at least when the edge starts: none is made while it runs.
    package static let reserveDays: Int64 = 30

    package let authtoken: String
    package let changes: [Change]

    /// Keeps what is good of a folder, and makes the rest.
    ///
    /// - Parameters:
    ///   - agents: Where agents connect; besides, the listener's certificate is for `localhost` and both of its addresses.
    ///   - now: Seconds since 1970.
    package init(in folder: PrivateFolder, baseDomain: String, agents: IPAddress, now: Int64) throws {
        var keeper = Keeper(folder: folder, now: now)
        let authority = try keeper.authority(for: baseDomain)
        self.authtoken = try keeper.authtoken()
        try keeper.certificate("edge", dnsNames: [baseDomain, "*.\(baseDomain)"], by: authority)
        let addresses = [IPAddress.loopback, .loopback6] + ([.loopback, .loopback6].contains(agents) ? [] : [agents])
        try keeper.certificate("agents", dnsNames: ["localhost"], addresses: addresses, by: authority)
        self.changes = keeper.changes
    }
}

/// Looks at what is there, and makes what is not or is no good.
private struct Keeper {
    let folder: PrivateFolder
    let now: Int64
    var changes: [DevelopmentCredentials.Change] = []

    init(folder: PrivateFolder, now: Int64) {
        self.folder = folder
        self.now = now
    }

    /// Its name says for which domain it is, to us and to whoever finds it among the CAs that a browser trusts.
    mutating func authority(for domain: String) throws -> CertificateAuthority {
        let name = "shakedown-edge dev CA for \(domain)"
        let found = try self.found("ca") { facts, _ in
            guard facts.isAuthority, facts.subject == "CN=\(name)" else { return "is for other names" }
            return self.ending(facts, reserve: DevelopmentCredentials.certificateDays)
        }
        if case .good(let certificate, let key) = found {
            return try CertificateAuthority(certificate: certificate, key: key)
        }
        let made = try CertificateAuthority(
            name: name,
            domains: [domain, "localhost"],
            validity: self.validity(days: DevelopmentCredentials.authorityDays)
        )
        try self.keep(made.certificate, made.key, "ca", found)
        return made
    }

    mutating func certificate(
        _ name: String,
        dnsNames: [String],
        addresses: [IPAddress] = [],
        by authority: CertificateAuthority
    ) throws {
        let found = try self.found(name) { facts, certificate in
            guard try authority.hasIssued(certificate) else { return "is another CA's" }
            guard facts.dnsNames == dnsNames, facts.addresses == addresses.map(\.bytes) else {
                return "is for other names"
            }
            return self.ending(facts, reserve: DevelopmentCredentials.reserveDays)
        }
        if case .good = found { return }
        let key = try PrivateKey(.ecdsaP256)
        let made = try authority.issue(
            for: dnsNames,
            addresses: addresses.map(\.description),
            key: key,
            validity: self.validity(days: DevelopmentCredentials.certificateDays)
        )
        try self.keep(made, key, name, found)
    }

    mutating func authtoken() throws(Complaint) -> String {
        let file = "authtoken"
        let found = try self.folder.read(file, isPrivate: true)
        if let found {
            let token = String(decoding: found, as: UTF8.self).trimmingCharacters(in: .newlines)
            if token.wholeMatch(of: /dev_[0-9a-z]{26}/) != nil { return token }
        }
        let made = RandomText.identifier(prefix: "dev")
        try self.folder.write("\(made)\n", to: file, isPrivate: true)
        self.changes.append(.init(file: file, reason: found.map { _ in "is not as it was made" }))
        return made
    }

    // MARK: A certificate and its key

    private enum Found {
        case nothing
        case bad(String)
        case good(certificate: [UInt8], key: PrivateKey)
    }

    /// - Parameter fault: What is wrong with a certificate that belongs to its key; `nil` where it is good.
    private func found(
        _ name: String,
        fault: (_ facts: CertificateFacts, _ certificate: [UInt8]) throws -> String?
    ) throws -> Found {
        let certificateFile = try self.folder.read("\(name).pem", isPrivate: false)
        let keyFile = try self.folder.read("\(name).key", isPrivate: true)
        guard let certificateFile, let keyFile else {
            return certificateFile == nil && keyFile == nil ? .nothing : .bad("is without its key")
        }
        let certificate: [UInt8]
        let key: PrivateKey
        let facts: CertificateFacts
        do {
            certificate = try PEMBlock.blocks(of: certificateFile).first(where: \.isCertificate)?.contents ?? []
            key = try PrivateKey(
                .ecdsaP256,
                der: try PEMBlock.blocks(of: keyFile).first(where: \.isPrivateKey)?.contents ?? []
            )
            facts = try CertificateFacts(der: certificate)
            guard try key.isKey(of: certificate) else { return .bad("is not of the key beside it") }
        } catch {
            return .bad("cannot be read")
        }
        return try fault(facts, certificate).map(Found.bad) ?? .good(certificate: certificate, key: key)
    }

    /// The key first: a start that was cut short in between leaves a certificate that is not of the key beside it.
    private mutating func keep(_ certificate: [UInt8], _ key: PrivateKey, _ name: String, _ found: Found) throws {
        try self.folder.write(try key.pem, to: "\(name).key", isPrivate: true)
        let pem = try PEMBlock(label: "CERTIFICATE", contents: certificate).text
        try self.folder.write(pem, to: "\(name).pem", isPrivate: false)
        var reason: String?
        if case .bad(let fault) = found { reason = fault }
        self.changes.append(.init(file: "\(name).pem", reason: reason))
    }

    // MARK: Dates

    private static let day: Int64 = 86_400

    /// From an hour ago, for a container whose clock is a little behind.
    private func validity(days: Int64) -> ClosedRange<Int64> {
        (self.now - 3_600)...(self.now + days * Self.day)
    }

    private func ending(_ facts: CertificateFacts, reserve days: Int64) -> String? {
        guard let begin = facts.notBefore, let end = facts.notAfter, begin <= self.now else {
            return "is not valid yet"
        }
        guard end < self.now + days * Self.day else { return nil }
        let date = Date(timeIntervalSince1970: TimeInterval(end))
        let words = date.formatted(Date.ISO8601FormatStyle().year().month().day())
        return end < self.now ? "ended on \(words)" : "ends on \(words)"
    }
}
