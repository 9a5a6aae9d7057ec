import EdgeControl
import EdgeCore
import Testing

@Suite("SSH credentials")
struct SSHCredentialTests {
    private static let first =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINC1q8CuvgqEyuG4HnoOOST/CCtU8EbDkJN3u5DM6o1j me@laptop"
    private static let second = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGNfouiJFreUnoiaYmBaNQeqjdxmzTz6fuqkoBhcwIm8"

    @Test("a key is its owner's, whatever is written behind it, and nobody's once it is deleted")
    func owner() throws {
        var fixture = try ControlFixture()
        let made = try fixture.create(SSHCredential.self, account: ControlFixture.other) { $0.publicKey = Self.first }
        try fixture.create(SSHCredential.self) { $0.publicKey = Self.second }
        let key = try SSHPublicKey(Self.first.replacing("me@laptop", with: ""))
        let owner = try #require(fixture.state.owner(ofSSHKey: key))
        #expect(owner.credential.id == made.id)
        #expect(owner.account.id == ControlFixture.other)
        #expect(made.id.hasPrefix("sshcr_"))
        try fixture.state.delete(SSHCredential.self, id: made.id, account: ControlFixture.other)
        #expect(fixture.state.owner(ofSSHKey: key) == nil)
        #expect(try fixture.state.owner(ofSSHKey: SSHPublicKey(Self.second)) != nil)
    }

    @Test("a key that is registered, also another account's, is refused")
    func twice() throws {
        var fixture = try ControlFixture()
        let made = try fixture.create(SSHCredential.self) { $0.publicKey = Self.first }
        for account in [ControlFixture.account, ControlFixture.other] {
            let error = refusal {
                try fixture.create(SSHCredential.self, account: account) { $0.publicKey = Self.first + " again" }
            }
            #expect(error?.field == "public_key")
        }
        // Changed it may be.
        let changed = try fixture.state.update(
            SSHCredential.self,
            id: made.id,
            account: ControlFixture.account,
            context: fixture.context
        ) { $0.acl = ["bind:a.example.com"] }
        #expect(changed.rules.map(\.text) == ["bind:a.example.com"])
    }

    @Test(
        "what is no key, and a rule that is none, is refused",
        arguments: [("", [], 1405), ("ssh-dss AAAA", [], nil), (SSHCredentialTests.first, ["dial:a"], 600)]
            as [(String, [String], Int?)]
    )
    func refused(_ key: String, _ acl: [String], _ code: Int?) throws {
        var fixture = try ControlFixture()
        let error = refusal {
            try fixture.create(SSHCredential.self) { draft in
                draft.publicKey = key
                draft.acl = acl
            }
        }
        #expect(error?.kind == .invalid)
        #expect(error?.code == code)
    }

    @Test("a key is found again in what was kept")
    func kept() throws {
        var fixture = try ControlFixture()
        let made = try fixture.create(SSHCredential.self) { $0.publicKey = Self.first }
        try fixture.keep()
        let restored = try ControlState(ControlSettings(), restoring: Array(fixture.kept.values))
        #expect(try restored.owner(ofSSHKey: SSHPublicKey(Self.first))?.credential == made)
    }
}
