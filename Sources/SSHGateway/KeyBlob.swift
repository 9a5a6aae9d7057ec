import CLibSSH
import Foundation

/// A key as it goes over the wire.
enum KeyBlob {
    static func read(_ key: OpaquePointer?) -> [UInt8]? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else { return nil }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe Data(base64Encoded: String(cString: text)).map { Array($0) }
    }
}
