/// Names for the numbers in version fields.
package enum VersionName {
    /// `TLS 1.3` for 0x0304, `grease(0x4a4a)`, or the number.
    package static func name(of version: UInt16) -> String {
        switch version {
        case 0x0002: "SSL 2.0"
        case 0x0300: "SSL 3.0"
        case 0x0301: "TLS 1.0"
        case 0x0302: "TLS 1.1"
        case 0x0303: "TLS 1.2"
        case 0x0304: "TLS 1.3"
        default: isGREASE(version) ? "grease(\(hexadecimal(version)))" : hexadecimal(version)
        }
    }
}
