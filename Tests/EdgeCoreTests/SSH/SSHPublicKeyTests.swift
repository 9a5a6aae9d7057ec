import EdgeCore
import Foundation
import Testing

/// The keys were made by ssh-keygen of OpenSSH 9.2, and the fingerprints are what `ssh-keygen -l` prints.
@Suite("SSH public keys")
struct SSHPublicKeyTests {
    static let good: [(String, String)] = [
        (
            "ssh-ed25519 "
                + "AAAAC3NzaC1lZDI1NTE5AAAAIOtqvKMjIwEB7aUYPimci1uRyxRqmeZbLRlllwB42Ubj",
            "SHA256:/pPlmmhOnuJyxqPnKaNaWNvanvYazkbK074KeS89IuA"
        ),
        (
            "ecdsa-sha2-nistp256 "
                + "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHDKyc0bWrqWt9M80JJ6dGiDZE5UHBtmgWkas/"
                + "eP9Ywlu3Ig5i3Gm9rq96QTvv2U7NGMVQRaICi0gr4HXtekMcg=",
            "SHA256:KjjK95mOJk3hPW2s9dKbW6z4TU/UXCBNNtZFKox3JNI"
        ),
        (
            "ecdsa-sha2-nistp521 "
                + "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADVl6AserthW49Vw5uuAtxvEe86V+qQ3yDcxV"
                + "S6HNJtLF4PSWw85Dl1oJz7WIxEczdjHNrovp5UyBdy0wjq86QhigC4iDzhGWv+PckSR3lJ6Pl04kBKlBf+B6bvKwv8"
                + "MEL5WPFVKpM5IbFdLZVUYG4/aaUyDmXxX7fE0Gb+1O+0C0lNqA==",
            "SHA256:0ZlSqVcue1ZYCwFVYtkH6rbpb6YOHzDGnMRBgXNfcpo"
        ),
        (
            "ssh-rsa "
                + "AAAAB3NzaC1yc2EAAAADAQABAAABAQC4jp/RsDJtO88YNwkymZUXrSKT7QooUw6TR14zVMye19INVmU6Mg9+tSsfe0"
                + "7yZPi0slNj+VxSg3wchAQrh+F20eM6Dqb1XZIqaAKVD2SIxDn++eBPI/tW0mDWfmwemBTT7wcjFNEOnDmwhnpOcfuv"
                + "ORFIkfM6FRs9OCyr3z0rMnhx21TrO+Vi4CExAwpjJuzg668lsD+x21SOn7HJ4eWjv9qYHrz0kC13PjrwHaSOJGtAJc"
                + "ngPA238wFEwBmF+xPldzRFNUOQKTS++aMACb2BSMSuk2PEW8/kVaegRsCMHPeaw0pK75TGy4DSo/jBsLJ9jREFfQke"
                + "tuJuPGTRG3ER",
            "SHA256:QWITn00xVC8WmW4qytP3MkHRbLq7CQ6BnpwqQqC+K94"
        ),
    ]
    /// Of 1,024 bits.
    static let weak =
        "ssh-rsa "
        + "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDHYTgWlYjG8uwKRjvquBOk0rvvY5gqTd8tYDOsuq6PwnldFCp+N7ZSMxrFxV"
        + "V5TuIy/48dyk4TfqOlmthv6lMIU5vSHxWvHYVjIONCo8o4Gua22B9V0UD8lvznbuNmYHlej/XnHxMcGQnntLDTl00A"
        + "+8TRzdLCQts2fRlAeGx+9w=="

    @Test("are read as ssh-keygen writes them, whatever comment is behind", arguments: Self.good)
    func reads(_ line: String, _ fingerprint: String) throws {
        for text in [line, line + " me@host with words", line + "\n", "  \(line)  "] {
            let key = try SSHPublicKey(text)
            #expect(key.fingerprint == fingerprint)
            #expect(key.line == line)
            #expect(try SSHPublicKey(blob: key.blob) == key)
        }
    }

    @Test(
        "of another kind, cut short, too weak, or no key at all are refused with the reason",
        arguments: [
            ("", "is no line of a public key file"), ("ssh-ed25519", "is no line of a public key file"),
            ("ssh-ed25519 not*base64", "no base64"), ("ssh-ed25519 AAAA", "is cut short"),
            ("ssh-dss AAAAB3NzaC1kc3M=", "does not take"),
            ("ssh-ed25519-cert-v01@openssh.com AAAA", "does not take"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "is a private key"),
            ("ssh-rsa \(Self.good[0].0.split(separator: " ")[1])", "says 'ssh-rsa' and is 'ssh-ed25519'"),
            (Self.weak, "is an RSA key of 1024 bits"),
            ("\(Self.good[0].0) a\n\(Self.good[1].0) b", "has more than one line"),
            ("no-pty \(Self.good[0].0)", "is of the kind 'no-pty'"),
        ]
    )
    func refuses(_ line: String, _ reason: String) throws {
        let problem = try #require(throws: SSHPublicKey.Problem.self) { try SSHPublicKey(line) }
        #expect(problem.description.contains(reason), "\(problem)")
    }

    @Test("every prefix of a key is none")
    func prefixes() throws {
        let blob = try SSHPublicKey(Self.good[0].0).blob
        for count in 0..<blob.count {
            #expect(throws: SSHPublicKey.Problem.self) { try SSHPublicKey(blob: Array(blob[..<count])) }
        }
    }
}
