import Legs
import ScenarioModel

extension Conversation {
    /// Sends a record that no server may accept. Nothing of it counts as sent by the application.
    func commit(_ breach: Exchange.Breach) async {
        self.leg.note(.note, "sends a record with a breach: \(breach.rawValue)")
        switch breach {
        case .brokenTag:
            guard let session = self.session, self.sessionState == .established else { return }
            var output = await session.step(.plaintext(Array("nobody may read this\n".utf8)))
            // The tag stands last in a record (RFC 8446 section 5.2), in TLS 1.2 too.
            if let last = output.ciphertext.indices.last { output.ciphertext[last] ^= 1 }
            self.absorb(output)
        case .unknownRecordType:
            self.leg.send([99, 3, 3, 0, 1, 0])
        case .oversizedRecord:
            // 2^14 + 2048 is the most that any version allows (RFC 5246 section 6.2.3), and TLS 1.3 allows less.
            let count = 16_384 + 2_048 + 1
            self.leg.send([23, 3, 3, UInt8(count >> 8), UInt8(count & 0xff)] + [UInt8](repeating: 0, count: count))
        }
    }
}
