import TLSWire
import Testing

@Suite("Host name syntax")
struct HostNameSyntaxTests {
    @Test(
        "DNS names pass",
        arguments: [
            "a", "a.test", "A.TEST", "xn--bcher-kva.test", "_dmarc.a.test", "-a-.test", "1.2.3", "1.2.3.4.5",
            "1.2.3.4a",
            "a.1.2.3", String(repeating: "a", count: 63) + ".test",
            Array(repeating: String(repeating: "b", count: 62), count: 4).joined(separator: "."),
        ]
    )
    func accepts(_ name: String) {
        #expect(HostNameSyntax.problem(in: Array(name.utf8)) == nil)
    }

    @Test(
        "everything else is refused, at the byte that makes it so",
        arguments: [
            ("", 0), (".", 0), ("a.", 1), (".a", 0), ("a..b", 2), ("*.a", 0), ("a b", 1), ("a\0b", 1), ("a:443", 1),
            ("[::1]", 0), ("::1", 0), ("1.2.3.4", 0), ("255.255.255.255", 0), ("a/b", 1), ("b\u{fc}", 1),
            ("a\u{7f}", 1),
            (String(repeating: "a", count: 64), 63), (String(repeating: "a.", count: 127) + "a", 253),
        ]
    )
    func refuses(_ name: String, _ offset: Int) {
        #expect(HostNameSyntax.problem(in: Array(name.utf8))?.offset == offset)
    }
}
