import LibCrypto
package import ScenarioModel

/// What is kept of one direction of a byte stream: how much, its digest, and how it began.
package struct StreamRecorder: Sendable {
    package private(set) var count = 0
    package private(set) var excerpt: [UInt8] = []
    /// Of everything so far; `nil` while the excerpt is everything, which is digested when somebody asks.
    private var hash: SHA256?
    private let excerptLimit: Int

    package init(excerptLimit: Int) {
        self.excerptLimit = excerptLimit
    }

    /// A recorder of application bytes, which keeps the first 4 KiB.
    package static var application: StreamRecorder { StreamRecorder(excerptLimit: 4096) }

    package mutating func record(_ bytes: [UInt8]) {
        self.count += bytes.count
        let room = self.excerptLimit - self.excerpt.count
        if self.hash == nil && bytes.count > room {
            var hash = SHA256()
            hash.update(self.excerpt)
            self.hash = hash
        }
        self.hash?.update(bytes)
        if room >= bytes.count {
            self.excerpt.append(contentsOf: bytes)
        } else if room > 0 {
            self.excerpt.append(contentsOf: bytes[..<room])
        }
    }

    /// SHA-256 of everything so far, in lower-case hexadecimal.
    package var digest: String { ByteString(self.hash?.digest ?? SHA256.digest(of: self.excerpt)).description }

    package var observation: ApplicationObservation {
        ApplicationObservation(count: self.count, digest: self.digest, excerpt: ByteString(self.excerpt))
    }
}
