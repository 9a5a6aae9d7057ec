import EdgeControl
import EdgeCore

extension EdgeConfiguration {
    /// What the file says there is to be, for the store.
    func seed() throws -> Seed {
        var seed = Seed()
        for configured in self.accounts {
            let account = configured.account
            // A file without limits says what it said before there were any.
            let limits = account.limits == AccountLimits() ? nil : account.limits
            try seed.add(
                account: account.id,
                ControlAccount.Draft(name: account.name, plan: account.plan, limits: limits)
            )
            for domain in account.domains {
                var draft = ReservedDomain.Draft()
                draft.domain = domain.text
                try seed.add(ReservedDomain.self, draft, named: domain.text, account: account.id)
            }
            for token in configured.tokens {
                var draft = Credential.Draft()
                draft.acl = token.rules.map(\.text)
                draft.digest = token.digest
                try seed.add(Credential.self, draft, named: token.digest.hexadecimal, account: account.id)
            }
            for key in configured.sshKeys {
                var draft = SSHCredential.Draft()
                draft.acl = key.rules.map(\.text)
                draft.publicKey = key.key.line
                try seed.add(SSHCredential.self, draft, named: key.key.fingerprint, account: account.id)
            }
            for key in configured.apiKeys {
                var draft = APIKey.Draft()
                draft.digest = key
                try seed.add(APIKey.self, draft, named: key.hexadecimal, account: account.id)
            }
        }
        return seed
    }
}
