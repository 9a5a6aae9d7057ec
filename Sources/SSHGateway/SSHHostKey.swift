import CLibSSH
package import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The key by which clients know the gateway.
///
/// `@unchecked Sendable`: libssh's key is never changed after it was made, and whoever uses one of a bind or a session has its
/// copy. `@safe`: it lives as long as the object.
@safe
package final class SSHHostKey: @unchecked Sendable {
    private let key: OpaquePointer

    private init(_ key: OpaquePointer) { unsafe self.key = unsafe key }

    deinit { unsafe ssh_key_free(self.key) }

    /// Reads a private key of OpenSSH or in PEM, without a passphrase: Ed25519, ECDSA, or RSA of 2,048 bits at least.
    ///
    /// - Throws: ``Complaint``.
    package convenience init(file: String) throws(Complaint) {
        var key: OpaquePointer?
        // unsafe: libssh reads the path during the call, and gives a key that is ours.
        let result = unsafe ssh_pki_import_privkey_file(file, nil, nil, nil, &key)
        guard result == SSH_OK, let key = unsafe key else {
            let reason =
                unsafe access(file, R_OK) == 0 ? "it is no private key without a passphrase" : "it cannot be opened"
            throw Complaint("the SSH host key \(file) cannot be read: \(reason)")
        }
        unsafe self.init(key)
    }

    /// Makes an Ed25519 key and keeps it in a new file, for its owner alone.
    ///
    /// - Throws: ``Complaint``, also where there is such a file already.
    package convenience init(making file: String) throws(Complaint) {
        var made: OpaquePointer?
        guard unsafe ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) == SSH_OK, let key = unsafe made else {
            throw Complaint("no SSH host key can be made")
        }
        unsafe self.init(key)
        // libssh writes into a file that is there already, whose mode stays.
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Complaint("the SSH host key \(file) cannot be made: \(Reason.text(ofErrno: errno))")
        }
        close(descriptor)
        guard unsafe ssh_pki_export_privkey_file(self.key, nil, nil, nil, file) == SSH_OK else {
            unsafe unlink(file)
            throw Complaint("the SSH host key \(file) cannot be written: \(Reason.text(ofErrno: errno))")
        }
    }

    /// Reads the key of a file, and makes one where there is no such file.
    package static func kept(in file: String) throws(Complaint) -> SSHHostKey {
        unsafe access(file, F_OK) == 0 ? try SSHHostKey(file: file) : try SSHHostKey(making: file)
    }

    /// The line of a public key file, without a comment; behind a host's name it is one of a `known_hosts`.
    package var publicLine: String {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe ssh_pki_export_pubkey_base64(self.key, &text) == SSH_OK, let text = unsafe text else {
            fatalError("libssh cannot write down a key that it has read")
        }
        defer { unsafe ssh_string_free_char(text) }
        let kind = unsafe ssh_key_type_to_char(ssh_key_type(self.key)).map { unsafe String(cString: $0) } ?? ""
        return unsafe "\(kind) \(String(cString: text))"
    }

    /// As OpenSSH prints it, `SHA256:` and 43 characters of base64.
    package var fingerprint: String {
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard unsafe ssh_get_publickey_hash(self.key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK else {
            fatalError("libssh cannot make the digest of a key")
        }
        defer { unsafe ssh_clean_pubkey_hash(&hash) }
        guard let text = unsafe ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else {
            fatalError("libssh cannot write down a digest")
        }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe String(cString: text)
    }

    /// A copy of its own for somebody who frees it.
    func copy() -> OpaquePointer? { unsafe ssh_key_dup(self.key) }
}
