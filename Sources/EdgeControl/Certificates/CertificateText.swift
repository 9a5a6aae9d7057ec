import LibCrypto

/// PEM as somebody uploaded it.
enum CertificateText {
    /// A chain of four with RSA keys of 4096 bits has 9 KiB.
    private static let limit = 64 << 10

    /// - Throws: by ngrok's numbers, what is wrong with the text before anything in it is looked at.
    static func blocks(_ text: String, field: String, missing: ControlError) throws(ControlError) -> [PEMBlock] {
        guard text.utf8.count <= Self.limit else { throw .tooLarge(text.utf8.count, Self.limit, field) }
        let blocks: [PEMBlock]
        do throws(CryptoError) {
            blocks = try PEMBlock.blocks(of: Array(text.utf8))
        } catch {
            throw .notPEM(field)
        }
        guard !blocks.isEmpty else { throw missing }
        return blocks
    }

    /// The certificates of a text that may hold nothing else, in DER.
    static func certificates(_ text: String, field: String, missing: ControlError) throws(ControlError) -> [[UInt8]] {
        var certificates: [[UInt8]] = []
        for block in try Self.blocks(text, field: field, missing: missing) {
            if block.isPrivateKey { throw .certificateIsKey(field) }
            guard block.isCertificate else { throw .notCertificate(block.label, field) }
            guard block.headers.isEmpty else { throw .headers(field) }
            certificates.append(block.contents)
        }
        return certificates
    }
}

extension ControlError {
    static func certificateUnreadable(_ detail: String, _ field: String) -> ControlError {
        ControlError(code: 1900, "The certificate cannot be parsed: \(detail)", field: field)
    }
    static func headers(_ field: String) -> ControlError {
        ControlError(code: 1910, "The PEM has headers. Leave them out.", field: field)
    }
    fileprivate static func notCertificate(_ label: String, _ field: String) -> ControlError {
        ControlError(code: 1911, "The PEM holds a '\(label)', and may hold a 'CERTIFICATE' only.", field: field)
    }
    fileprivate static func notPEM(_ field: String) -> ControlError {
        ControlError(
            code: 1920,
            "The text is no PEM. Each block must be whole, from its BEGIN line to its END line.",
            field: field
        )
    }
    fileprivate static func tooLarge(_ count: Int, _ limit: Int, _ field: String) -> ControlError {
        ControlError(code: 1921, "The PEM has \(count) bytes, and may have \(limit).", field: field)
    }
    fileprivate static func certificateIsKey(_ field: String) -> ControlError {
        ControlError(code: 1925, "What is in '\(field)' is a private key.", field: field)
    }
}
