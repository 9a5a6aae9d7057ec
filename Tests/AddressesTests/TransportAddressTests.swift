import Addresses
import Foundation
import Testing

@Suite("Addresses with a port")
struct TransportAddressTests {
    @Test(
        "are read and printed with brackets exactly around IPv6",
        arguments: [
            ("192.0.2.1:443", "192.0.2.1:443"), ("[2001:DB8::1]:443", "[2001:db8::1]:443"), ("[::]:0", "[::]:0"),
            ("0.0.0.0:65535", "0.0.0.0:65535"), ("[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1"),
        ]
    )
    func reads(_ text: String, _ canonical: String) throws {
        let address = try #require(TransportAddress(text))
        #expect(address.description == canonical)
        #expect(TransportAddress(canonical) == address)
    }

    @Test(
        "are refused unless they are exactly one",
        arguments: [
            "", "443", ":443", "192.0.2.1", "192.0.2.1:", "[192.0.2.1]:443", "::1:443", "[::1]443", "[::1]", "[::1]:",
            "[::1:443",
            "192.0.2.1:0443", "192.0.2.1:65536", "192.0.2.1:+1", "192.0.2.1:-1", "192.0.2.1:443 ", "192.0.2.1:443:443",
            "[]:1", "[fe80::1%1]:443", "[[::1]]:443", "localhost:443", "192.0.2:443", "192.0.2.1:٤",
        ]
    )
    func refuses(_ text: String) {
        #expect(TransportAddress(text) == nil)
    }

    @Test("have this form in a run.json")
    func file() throws {
        let address = TransportAddress(ip: .loopback6, port: 443)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(address)
        #expect(String(decoding: data, as: UTF8.self) == #"{"ip":"::1","port":443}"#)
        #expect(try JSONDecoder().decode(TransportAddress.self, from: data) == address)
        for text in [#"{"ip":"localhost","port":443}"#, #"{"ip":"::1","port":65536}"#, #"{"ip":"::1"}"#] {
            #expect(throws: DecodingError.self, "\(text)") {
                try JSONDecoder().decode(TransportAddress.self, from: Data(text.utf8))
            }
        }
    }
}
