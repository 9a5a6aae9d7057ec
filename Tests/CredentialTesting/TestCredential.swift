package import ScenarioModel

/// Self-signed certificates for the harness's ends, valid for a day.
package enum TestCredential {
    /// Made once per process: all tests may present the same.
    package static let server = Result { try Self.make(commonName: "upstream.shakedown.test") }
    package static let client = Result { try Self.make(commonName: "client.shakedown.test") }

    package static func make(commonName: String) throws -> Credential {
        let authority = try TestAuthority(name: commonName, names: [commonName])
        return Credential(certificateChainPEM: authority.certificatePEM, privateKeyPEM: authority.keyPEM)
    }
}
