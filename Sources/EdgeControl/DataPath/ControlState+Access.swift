package import EdgeCore

/// Who somebody is by what they show.
extension ControlState {
    /// The authtoken's credential and account; `nil` for an unknown one. Every digest is compared, always.
    package func owner(ofToken token: String) -> (credential: Credential, account: ControlAccount)? {
        let digest = TokenDigest(of: token)
        var found: Credential?
        for credential in self.credentials.all where credential.digest.matches(digest) { found = credential }
        guard let found, let account = self.accounts[found.accountID] else { return nil }
        return (found, account)
    }

    /// The credential and account of a public key, which is no secret; `nil` for a key that nobody has registered.
    package func owner(ofSSHKey key: SSHPublicKey) -> (credential: SSHCredential, account: ControlAccount)? {
        guard let found = self.sshCredential(of: key), let account = self.accounts[found.accountID] else { return nil }
        return (found, account)
    }

    /// The API key and its account, likewise.
    package func owner(ofAPIKey key: String) -> (key: APIKey, account: ControlAccount)? {
        let digest = TokenDigest(of: key)
        var found: APIKey?
        for candidate in self.apiKeys.all where candidate.digest.matches(digest) { found = candidate }
        guard let found, let account = self.accounts[found.accountID] else { return nil }
        return (found, account)
    }

    /// The accounts with the names that are reserved for them, as a ``NameDirectory`` asks for them.
    package var directoryAccounts: [Account] {
        let domains = Dictionary(grouping: self.reservedDomains.all, by: \.accountID)
        return self.accounts.all.map { account in
            Account(
                id: account.id,
                name: account.draft.name,
                plan: account.plan,
                domains: domains[account.id, default: []].map(\.name),
                limits: account.limits
            )
        }
    }
}
