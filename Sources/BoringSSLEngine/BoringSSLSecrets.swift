import NIOCore
import Synchronization

/// The secrets of sessions under way. BoringSSL says them for a context, which many sessions share: each line has the random of
/// the client's hello, by which a session finds its own.
enum BoringSSLSecrets {
    private static let lines = Mutex<[Substring: [String]]>([:])

    /// A line of a key log file (RFC 9850): a label, the random in hexadecimal, the secret.
    static func take(_ line: ByteBuffer) {
        let text = String(buffer: line).filter { !$0.isNewline }
        let words = text.split(separator: " ")
        guard words.count == 3 else { return }
        Self.lines.withLock { $0[words[1], default: []].append(text) }
    }

    /// Gives those of a session, and keeps them no longer.
    static func remove(ofRandom random: some StringProtocol) -> [String]? {
        Self.lines.withLock { $0.removeValue(forKey: Substring(random)) }
    }
}
