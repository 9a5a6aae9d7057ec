import JSONText
package import LibCrypto

/// Gets certificates of one CA (RFC 8555), which is shown by TLS-ALPN-01 (RFC 8737) that their names are ours.
package struct ACMEClient: Sendable {
    /// Where the CA's directory is.
    private let directory: String
    /// Such as `mailto:admin@example.com`.
    private let contacts: [String]
    private let key: AccountKey
    private let transport: any ACMETransport
    private let clock: any Clock<Duration>

    /// Whoever makes one has read the CA's terms and agrees to them: so the CA is told.
    package init(
        directory: String,
        contacts: [String],
        key: AccountKey,
        transport: any ACMETransport,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.directory = directory
        self.contacts = contacts
        self.key = key
        self.transport = transport
        self.clock = clock
    }

    /// Orders a certificate and waits for it.
    ///
    /// - Parameters:
    ///   - key: What it is to be for.
    ///   - responder: Is asked to answer from when the CA may look until it has looked.
    /// - Returns: the chain in PEM, the certificate itself first.
    /// - Throws: ``ACMEError``, or that the task was cancelled.
    package func certificate(
        for name: String,
        key: PrivateKey,
        answeredBy responder: some ChallengeResponder
    ) async throws -> String {
        var conversation = try await Conversation(
            directory: self.directory,
            key: self.key,
            transport: self.transport,
            clock: self.clock
        )
        try await conversation.signIn(contacts: self.contacts)
        let (url, order) = try await conversation.order(name)
        for authorization in order.authorizations {
            try await conversation.prove(name, at: authorization, answeredBy: responder)
        }
        let request = try CertificateSigningRequest.write(for: [name], key: key)
        let issued = try await conversation.finalize(order, at: url, with: request)
        return try await conversation.download(issued)
    }
}
