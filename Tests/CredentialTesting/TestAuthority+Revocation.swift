import CertificateRecipes
package import Foundation
import LibCrypto

extension TestAuthority {
    /// A list of what this CA has revoked, in DER (RFC 5280 section 5.1), signed by it.
    ///
    /// - Parameters:
    ///   - from: When it was issued, in seconds from now; `to`, when the next is due.
    ///   - signer: Who signs it in its place.
    package func revocationList(
        of revoked: [Issued] = [],
        from: TimeInterval = -3600,
        to: TimeInterval = 86_400,
        signer: TestAuthority? = nil
    ) throws -> [UInt8] {
        let algorithm = DER.sequence(DER.objectIdentifier([1, 2, 840, 10045, 4, 3, 2]))
        let entries = try revoked.map { issued in
            DER.sequence(DER.integer(try issued.serialNumber), DER.time(Date(timeIntervalSinceNow: from)))
        }
        let contents = DER.sequence(
            [
                algorithm, self.name.der, DER.time(Date(timeIntervalSinceNow: from)),
                DER.time(Date(timeIntervalSinceNow: to)),
            ] + (entries.isEmpty ? [] : [DER.sequence(entries)])
        )
        let signature = try (signer ?? self).key.signature(of: contents)
        return DER.sequence(contents, algorithm, DER.bitString(signature))
    }
}

extension TestAuthority.Issued {
    /// Big-endian.
    fileprivate var serialNumber: [UInt8] {
        get throws {
            let digits = Array(try CertificateDetails(der: try self.der).serialNumber)
            return stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }
    }

    /// The certificate alone.
    package var der: [UInt8] {
        get throws { try PEMBlock.blocks(of: Array(self.certificatePEM.utf8))[0].contents }
    }
}
