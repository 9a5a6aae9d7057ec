package import EdgeCore
package import LibCrypto

/// What an account wants the edge to get by itself for a domain.
package struct CertificatePolicy: Hashable, Codable, Sendable {
    package var authority: String
    package var privateKeyType: String?

    package init(authority: String, privateKeyType: String? = nil) {
        self.authority = authority
        self.privateKeyType = privateKeyType
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case authority
        case privateKeyType = "private_key_type"
    }

    /// ngrok's.
    package var keyKind: PrivateKey.Kind { self.privateKeyType == "rsa" ? .rsa(bits: 4096) : .ecdsaP256 }
}

/// How far the edge is with a domain's certificates.
package struct CertificateManagement: Hashable, Codable, Sendable {
    /// When the certificate is to be replaced; `nil` where none was got yet.
    package internal(set) var renewsAt: Timestamp?
    /// What is under way to get one; `nil` where there is nothing to do before ``renewsAt``.
    package internal(set) var job: ProvisioningJob?

    /// When there is something to do.
    package var dueAt: Timestamp? { self.job.map { $0.retriesAt ?? $0.startedAt } ?? self.renewsAt }
}

/// A certificate that is being got.
package struct ProvisioningJob: Hashable, Codable, Sendable {
    package let startedAt: Timestamp
    /// When it is tried again; `nil` while it was not tried in vain.
    package internal(set) var retriesAt: Timestamp?
    package internal(set) var failure: ProvisioningFailure?
    /// How often it was tried in vain.
    var failures = 0

    init(startedAt: Timestamp) {
        self.startedAt = startedAt
    }
}

/// Why no certificate could be got.
package struct ProvisioningFailure: Hashable, Codable, Sendable {
    /// ngrok's two words for it.
    package enum Code: String, Hashable, Codable, Sendable {
        /// It may be well by itself.
        case `internal` = "INTERNAL_ERROR"
        /// Somebody has to change something: the name does not lead here, or its CAA records are against it.
        case dns = "DNS_ERROR"
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// When certificates are got again.
package struct ProvisioningSchedule: Hashable, Sendable {
    /// Before the second try. It is doubled each time.
    package var firstRetry: Duration
    package var longestRetry: Duration
    /// How much of a CA's `Retry-After` is heeded.
    package var longestAskedFor: Duration

    /// Let's Encrypt takes five failed validations of a name an hour: these are tried after 2, 6, 14, 30 and 62 minutes.
    package init(
        firstRetry: Duration = .seconds(120),
        longestRetry: Duration = .seconds(6 * 3600),
        longestAskedFor: Duration = .seconds(7 * 86_400)
    ) {
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
        self.longestAskedFor = longestAskedFor
    }

    /// - Parameter failures: So many tries in a row were in vain.
    package func wait(afterFailures failures: Int, askedFor: Duration?) -> Duration {
        var wait = self.firstRetry
        for _ in 1..<max(failures, 1) where wait < self.longestRetry { wait *= 2 }
        return max(min(wait, self.longestRetry), min(askedFor ?? .zero, self.longestAskedFor))
    }

    /// With a third of its time left, so that a CA may be away for a while.
    static func renewal(of certificate: ReadCertificate) -> Timestamp? {
        guard let start = certificate.notBefore, let end = certificate.notAfter, start < end else { return nil }
        return Timestamp(secondsSinceEpoch: end - (end - start) / 3, nanoseconds: 0)
    }
}
