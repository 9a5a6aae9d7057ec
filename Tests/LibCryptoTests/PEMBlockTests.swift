import LibCrypto
import Testing

@Suite("PEM blocks")
struct PEMBlockTests {
    private static let block = PEMBlock(label: "CERTIFICATE", contents: Array(0...99))

    @Test("are written with 64 characters a line, and read again")
    func roundTrip() throws {
        let text = try Self.block.text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "-----BEGIN CERTIFICATE-----")
        #expect(lines.suffix(2) == ["-----END CERTIFICATE-----", ""])
        #expect(lines[1].count == 64)
        #expect(try PEMBlock.blocks(of: Array(text.utf8)) == [Self.block])
    }

    @Test("are found in order between other text, with any line ends")
    func mixed() throws {
        let key = PEMBlock(label: "EC PRIVATE KEY", contents: [1, 2, 3])
        let text = "subject=CN = a\r\n" + (try Self.block.text) + "\nkey:\n" + (try key.text) + "the end"
        let expected = [Self.block, key]
        #expect(try PEMBlock.blocks(of: Array(text.utf8)) == expected)
        #expect(try PEMBlock.blocks(of: Array(text.replacing("\n", with: "\r\n").utf8)) == expected)
        #expect(expected.map(\.isPrivateKey) == [false, true])
        #expect(expected.map(\.isCertificate) == [true, false])
    }

    @Test("say whether a password is needed, as either form of encryption writes it")
    func encrypted() throws {
        let body = "AAAA\n-----END PRIVATE KEY-----\n"
        let old = "-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + body
        let block = try #require(try PEMBlock.blocks(of: Array(old.utf8)).first)
        #expect(block.isEncrypted)
        #expect(block.headers == "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n")
        #expect(PEMBlock(label: "ENCRYPTED PRIVATE KEY", contents: []).isEncrypted)
        let plain = try #require(try PEMBlock.blocks(of: Array(("-----BEGIN PRIVATE KEY-----\n" + body).utf8)).first)
        #expect(!plain.isEncrypted)
        #expect(plain.headers.isEmpty)
    }

    @Test("are not found where there are none", arguments: ["", "hello", "-----END CERTIFICATE-----\n", "\u{0}\u{1}"])
    func none(_ text: String) throws {
        #expect(try PEMBlock.blocks(of: Array(text.utf8)).isEmpty)
    }

    @Test(
        "that are broken are an error and not the end of the file",
        arguments: [
            "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "-----BEGIN CERTIFICATE-----\n&&&&\n-----END CERTIFICATE-----\n",
        ]
    )
    func broken(_ text: String) throws {
        for before in ["", try Self.block.text] {
            let error = try #require(throws: CryptoError.self) { try PEMBlock.blocks(of: Array((before + text).utf8)) }
            #expect(error.code == .badPEM)
        }
    }
}
