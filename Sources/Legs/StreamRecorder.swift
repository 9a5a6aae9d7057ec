import LibCrypto
package import ScenarioModel

/// What is kept of one direction of a byte stream: how much, its digest, and how it began.
package struct StreamRecorder: Sendable {
    package private(set) var count = 0
    package private(set) var excerpt: [UInt8] = []
    private var hash = SHA256()
    private let excerptLimit: Int

    package init(excerptLimit: Int) {
        self.excerptLimit = excerptLimit
    }

    /// A recorder of application bytes, which keeps the first 4 KiB.
    package static var application: StreamRecorder { StreamRecorder(excerptLimit: 4096) }

    package mutating func record(_ bytes: [UInt8]) {
        self.count += bytes.count
        self.hash.update(bytes)
        let room = self.excerptLimit - self.excerpt.count
        if room >= bytes.count {
            self.excerpt.append(contentsOf: bytes)
        } else if room > 0 {
            self.excerpt.append(contentsOf: bytes[..<room])
        }
    }

    /// SHA-256 of everything so far, in lower-case hexadecimal.
    package var digest: String { ByteString(self.hash.digest).description }

    package var observation: ApplicationObservation {
        ApplicationObservation(count: self.count, digest: self.digest, excerpt: ByteString(self.excerpt))
    }
}
