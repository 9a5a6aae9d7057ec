import CertificateRecipes
import Foundation
import Testing

@Suite("DER")
struct DERTests {
    @Test("lengths take one byte up to 127, then as many as they need")
    func lengths() {
        #expect(Array(DER.octetString(Array(repeating: 0, count: 127)).prefix(2)) == [4, 127])
        #expect(Array(DER.octetString(Array(repeating: 0, count: 128)).prefix(3)) == [4, 0x81, 128])
        #expect(Array(DER.octetString(Array(repeating: 0, count: 256)).prefix(4)) == [4, 0x82, 1, 0])
    }

    @Test("integers are short and never negative")
    func integers() {
        #expect(DER.integer(0) == [2, 1, 0])
        #expect(DER.integer(127) == [2, 1, 127])
        #expect(DER.integer(128) == [2, 2, 0, 128])
        #expect(DER.integer(65_537) == [2, 3, 1, 0, 1])
        #expect(DER.integer([0, 0, 5] as [UInt8]) == [2, 1, 5])
    }

    @Test("object identifiers write large arcs in several bytes")
    func objectIdentifiers() {
        #expect(DER.objectIdentifier([2, 5, 29, 19]) == [6, 3, 0x55, 29, 19])
        #expect(DER.objectIdentifier([1, 2, 840, 113549]) == [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d])
    }

    @Test("times have two digits for the year until 2049, and whole seconds")
    func times() {
        let last = DER.time(Date(timeIntervalSince1970: 2_524_607_999.9))
        #expect(String(decoding: last, as: UTF8.self) == "\u{17}\u{d}491231235959Z")
        let first = DER.time(Date(timeIntervalSince1970: 2_524_608_000))
        #expect(String(decoding: first, as: UTF8.self) == "\u{18}\u{f}20500101000000Z")
    }
}
