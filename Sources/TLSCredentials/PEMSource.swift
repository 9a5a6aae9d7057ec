package import ConfigurationFiles

/// Where PEM is to be had: in a file, or in the very place where the file could have been named.
package enum PEMSource: Hashable, Sendable {
    case file(String)
    /// It may be a key.
    case text(Secret)

    /// What a configuration says: no path begins as PEM does.
    package init(_ written: String) {
        self = written.hasPrefix("-----BEGIN ") ? .text(Secret(written)) : .file(written)
    }

    /// - Parameter what: As messages call it: `certificate`, `key`.
    func bytes(what: String) throws(ConfigurationError) -> [UInt8] {
        switch self {
        case .file(let path): try TextFile.bytes(path, what: what)
        case .text(let text): Array(text.revealed.utf8)
        }
    }
}

extension PEMSource: CustomStringConvertible {
    /// As it follows what it is: `the certificate web.pem`, `the key in the configuration`.
    package var description: String {
        switch self {
        case .file(let path): path
        case .text: "in the configuration"
        }
    }
}
