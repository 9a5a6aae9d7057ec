import Foundation
import LibCrypto

/// A public key that an SSH client can prove to have (RFC 4253 section 6.6), of an algorithm that the gateway accepts.
///
/// Two are equal when their bytes are: the comment behind them is its owner's note.
package struct SSHPublicKey: Hashable, Sendable {
    /// As the key itself says it, such as `ssh-ed25519`.
    package let algorithm: String
    /// The key as it goes over the wire.
    package let blob: [UInt8]

    /// Why a text or some bytes are no such key: a part of a sentence.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// DSA and RSA below 2,048 bits are broken, and certificates need somebody who trusts their CA.
    private static let algorithms: Set = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]
    private static let leastRSABits = 2_048
    /// Of the wire's form. An RSA key of 16,384 bits has 2,071.
    private static let byteLimit = 4_096

    /// Reads one line of an OpenSSH public key file: the algorithm, the key in base64, and perhaps a comment.
    package init(_ line: String) throws(Problem) {
        let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" || $0.isNewline }
        guard !line.contains("PRIVATE KEY") else {
            throw Problem(description: "is a private key, which nobody else may have")
        }
        guard words.count >= 2 else {
            throw Problem(description: "is no line of a public key file, such as 'ssh-ed25519 AAAA… name'")
        }
        if words.count == 3, words[2].contains(where: \.isNewline) {
            throw Problem(description: "has more than one line")
        }
        guard Self.algorithms.contains(String(words[0])) else {
            throw Problem(description: "is of the kind '\(words[0])', which the gateway does not take")
        }
        guard let data = Data(base64Encoded: String(words[1])) else {
            throw Problem(description: "has something in its second word that is no base64")
        }
        try self.init(blob: Array(data))
        guard self.algorithm == words[0] else {
            throw Problem(description: "says '\(words[0])' and is '\(self.algorithm)'")
        }
    }

    /// Reads a key as it goes over the wire.
    package init(blob: [UInt8]) throws(Problem) {
        guard blob.count <= Self.byteLimit else { throw Problem(description: "is longer than \(Self.byteLimit) bytes") }
        var fields: [ArraySlice<UInt8>] = []
        var rest = blob[...]
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4, rest.count - 4 >= length else { throw Problem(description: "is cut short") }
            fields.append(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        let algorithm = fields.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard Self.algorithms.contains(algorithm), fields.count >= 2 else {
            throw Problem(description: "is of no kind that the gateway takes")
        }
        if algorithm == "ssh-rsa" {
            // The modulus is the third, as a number without leading zeros but for its sign.
            let modulus = fields.count == 3 ? fields[2].drop { $0 == 0 } : []
            let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            guard bits >= Self.leastRSABits else {
                throw Problem(description: "is an RSA key of \(bits) bits, of which \(Self.leastRSABits) are the least")
            }
        }
        self.algorithm = algorithm
        self.blob = blob
    }

    /// As OpenSSH prints it: `SHA256:` and the digest in base64 without padding.
    package var fingerprint: String {
        let digest = Data(SHA256.digest(of: self.blob)).base64EncodedString()
        return "SHA256:\(digest.prefix { $0 != "=" })"
    }

    /// The line of a public key file, without a comment.
    package var line: String { "\(self.algorithm) \(Data(self.blob).base64EncodedString())" }
}

extension SSHPublicKey: CustomStringConvertible {
    package var description: String { self.fingerprint }
}
