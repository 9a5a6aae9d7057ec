import CLibCrypto

/// What CAs have revoked: certificate revocation lists (RFC 5280 section 5).
package struct RevocationLists: Hashable, Sendable {
    /// Each in DER.
    let lists: [[UInt8]]

    /// - Parameter file: One list in DER, or PEM blocks of any number of them.
    /// - Throws: `badRevocationList` for anything else. Whether they are signed and current is seen when they are used.
    package init(_ file: [UInt8]) throws(CryptoError) {
        var lists = [file]
        // DER begins with a sequence's tag, 0x30, which is a digit in a PEM file.
        if file.first != 0x30 {
            lists = try PEMBlock.blocks(of: file).filter { $0.label == "X509 CRL" }.map(\.contents)
            guard !lists.isEmpty else { throw CryptoError(.badRevocationList) }
        }
        for list in lists { _ = try ParsedRevocationList(list) }
        self.lists = lists
    }
}

/// An `X509_CRL`, freed when it goes out of scope.
@safe
struct ParsedRevocationList: ~Copyable {
    let pointer: OpaquePointer

    init(_ der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        var isWhole = false
        // unsafe: OpenSSL reads within the buffer, copies what it keeps and leaves `next` behind what it read.
        let pointer = unsafe der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let parsed = unsafe d2i_X509_CRL(nil, &next, buffer.count)
            isWhole = unsafe next == buffer.baseAddress?.advanced(by: buffer.count)
            return unsafe parsed
        }
        guard let pointer = unsafe pointer else { throw CryptoError(.badRevocationList) }
        guard isWhole else {
            unsafe X509_CRL_free(pointer)
            throw CryptoError(.badRevocationList)
        }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_CRL_free(self.pointer)
    }
}
