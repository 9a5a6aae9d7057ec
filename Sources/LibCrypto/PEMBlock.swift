import CLibCrypto

/// One block of a PEM file (RFC 7468).
package struct PEMBlock: Hashable, Sendable {
    /// Such as `CERTIFICATE` or `EC PRIVATE KEY`.
    package let label: String
    package let contents: [UInt8]
    /// The lines before the base64, such as `Proc-Type: 4,ENCRYPTED` (RFC 1421 section 4.6); empty where there are none.
    package let headers: String

    package init(label: String, contents: [UInt8], headers: String = "") {
        self.label = label
        self.contents = contents
        self.headers = headers
    }

    package var isCertificate: Bool { self.label == "CERTIFICATE" || self.label == "X509 CERTIFICATE" }
    package var isPrivateKey: Bool { self.label.hasSuffix("PRIVATE KEY") }
    /// Whether a password is needed to read it.
    package var isEncrypted: Bool { self.label == "ENCRYPTED PRIVATE KEY" || self.headers.contains("ENCRYPTED") }

    /// Every block of a file in its order, whatever it holds; the text around them is skipped.
    ///
    /// - Throws: `badPEM` for a block without end or with something else than base64.
    package static func blocks(of file: [UInt8]) throws(CryptoError) -> [PEMBlock] {
        let memory = try MemoryBIO()
        try memory.write(file)
        var blocks: [PEMBlock] = []
        while true {
            ERR_clear_error()
            var label: UnsafeMutablePointer<CChar>?
            var header: UnsafeMutablePointer<CChar>?
            var contents: UnsafeMutablePointer<UInt8>?
            var count = 0
            guard unsafe PEM_read_bio(memory.bio, &label, &header, &contents, &count) == 1 else {
                // The end of a file is an error to its reader.
                guard ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE else { throw CryptoError(.badPEM) }
                ERR_clear_error()
                return blocks
            }
            // unsafe: all three are ours now, and copied before they are freed; label and header end with a zero.
            defer {
                unsafe shim_OPENSSL_free(label)
                unsafe shim_OPENSSL_free(header)
                unsafe shim_OPENSSL_free(contents)
            }
            guard let name = unsafe label, let header = unsafe header else { throw CryptoError(.badPEM) }
            blocks.append(
                PEMBlock(
                    label: unsafe String(cString: name),
                    contents: unsafe Array(UnsafeBufferPointer(start: contents, count: count)),
                    headers: unsafe String(cString: header)
                )
            )
        }
    }

    /// As it stands in a file, from its first line to its last with its newline.
    package var text: String {
        get throws(CryptoError) {
            let memory = try MemoryBIO()
            // unsafe: OpenSSL reads the label and the bytes during the call.
            guard
                unsafe PEM_write_bio(memory.bio, self.label, "", self.contents, self.contents.count) > 0
            else { throw CryptoError(.noEncoding) }
            return String(decoding: memory.contents(), as: UTF8.self)
        }
    }
}
