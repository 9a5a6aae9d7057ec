import EdgeControl

/// Where the API has the objects that events refer to.
package enum ObjectAddress {
    package static func session(_ id: String, below baseURI: String) -> String {
        "\(baseURI)\(LiveRoutes.sessions)/\(id)"
    }

    package static func credential(_ id: String, below baseURI: String) -> String {
        "\(baseURI)\(Credential.path)/\(id)"
    }

    package static func sshCredential(_ id: String, below baseURI: String) -> String {
        "\(baseURI)\(SSHCredential.path)/\(id)"
    }

    package static func apiKey(_ id: String, below baseURI: String) -> String { "\(baseURI)\(APIKey.path)/\(id)" }
}
