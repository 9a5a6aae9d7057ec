import Addresses
package import ConfigurationFiles
import Foundation
package import NIOSSL
package import ProgramKit

/// A web server that is sent events, and what it asks for.
package struct Webhook: Hashable, Sendable {
    /// A header of every request. Its value may be what proves who sends, and does not print.
    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: Secret

        package init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Which certificates its own must come from.
    package enum Trust: Hashable, Sendable {
        case system
        case authorities([NIOSSLCertificate])
    }

    /// Where it may turn out to be.
    package enum Reach: Hashable, Sendable {
        case anywhere
        /// At ``PublicAddresses`` alone.
        case publicAddresses
    }

    /// What is sent there. Some services have a path that only their customers know.
    let url: Secret
    /// `https://example.com:8443`: as much of the URL as may be printed.
    package let origin: String
    let headers: [Header]
    let trust: Trust
    let reach: Reach

    /// - Throws: where the URL or a header cannot be sent as it is.
    package init(url text: Secret, headers: [Header], trust: Trust, reach: Reach) throws(Complaint) {
        guard let url = URLComponents(string: text.revealed), let scheme = url.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = url.encodedHost, !host.isEmpty
        else {
            throw Complaint("the URL of a webhook is not one of http or https", hint: "write https://HOST/PATH")
        }
        guard url.user == nil, url.password == nil else {
            throw Complaint("the URL of a webhook has a user", hint: "put what proves who sends into a header")
        }
        for header in headers { try Self.check(header) }
        self.url = text
        self.origin = "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
        self.headers = headers
        self.trust = trust
        self.reach = reach
    }

    /// Whether its URL has an address in the place of a name, and one that it may not have: nothing will ever come there.
    package var isOutOfReach: Bool {
        guard self.reach == .publicAddresses, let host = URLComponents(string: self.url.revealed)?.host,
            let address = IPAddress(host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")))
        else { return false }
        return !PublicAddresses.contain(address)
    }

    /// What is the connection's business and not the sender's, or says what the body is.
    private static let reserved: Set = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static func check(_ header: Header) throws(Complaint) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isOfToken) else {
            throw Complaint("a header of a webhook has a name that is none")
        }
        guard !Self.reserved.contains(header.name.lowercased()) else {
            throw Complaint("the header \(header.name) of a webhook is written by the edge")
        }
        // A line feed would begin a header of its own (RFC 9110 section 5.5).
        guard header.value.revealed.utf8.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }) else {
            throw Complaint("the header \(header.name) of a webhook has a value that cannot be sent")
        }
    }

    /// RFC 9110 section 5.6.2.
    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension Webhook.Trust {
    /// The CAs of a PEM file, and no others.
    package static func file(_ path: String) throws(Complaint) -> Webhook.Trust {
        do {
            let authorities = try NIOSSLCertificate.fromPEMFile(path)
            guard !authorities.isEmpty else { throw Complaint("no certificate in \(path)") }
            return .authorities(authorities)
        } catch let complaint as Complaint {
            throw complaint
        } catch {
            throw Complaint("cannot read the CAs in \(path): \(Reason.text(of: error))")
        }
    }
}

extension Webhook: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "Webhook(\(self.origin))" }
    package var debugDescription: String { self.description }
}
