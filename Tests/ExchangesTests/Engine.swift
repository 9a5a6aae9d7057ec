import BoringSSLEngine
import CredentialTesting
import Legs
import NIOPosix
import OpenSSLEngine
import ScenarioModel

/// What a leg's two programs speak inside; the upstream's end is always OpenSSL, as it is in the harness.
enum Engine: CaseIterable {
    case openssl, boringssl

    func client(_ version: TLSVersion) async throws -> any TLSSession {
        switch self {
        case .openssl:
            try OpenSSLSession(
                OpenSSLConfiguration(side: .client, minimumVersion: version, maximumVersion: version),
                serverName: "a.shakedown.test"
            )
        case .boringssl:
            try await BoringSSLSession(
                BoringSSLConfiguration(minimumVersion: version, maximumVersion: version),
                serverName: "a.shakedown.test",
                on: MultiThreadedEventLoopGroup.singleton.next()
            )
        }
    }

    static func server() throws -> OpenSSLSession {
        try OpenSSLSession(OpenSSLConfiguration(side: .server, credential: try TestCredential.server.get()))
    }
}
