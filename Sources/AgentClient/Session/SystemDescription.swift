#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the agent tells the edge about the machine it runs on.
enum SystemDescription {
    static let version = "0.1.0"

    static var hostName: String { ProcessInfo.processInfo.hostName }

    static var operatingSystem: String {
        #if os(macOS)
        "darwin"
        #else
        "linux"
        #endif
    }

    static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }
}
