import Legs
import OpenSSLEngine
import ScenarioModel

/// A client and a server with nothing between them.
struct SessionPair {
    let client: any TLSSession
    let server: OpenSSLSession
    private(set) var clientPlaintext: [UInt8] = []
    private(set) var serverPlaintext: [UInt8] = []

    init(client: any TLSSession, server: OpenSSLSession) {
        self.client = client
        self.server = server
    }

    /// Lets one side do something, and carries bytes until both are quiet.
    mutating func client(_ input: TLSInput) async { await self.carry(await self.client.step(input), fromClient: true) }
    mutating func server(_ input: TLSInput) async { await self.carry(await self.server.step(input), fromClient: false) }

    private mutating func carry(_ output: TLSOutput, fromClient: Bool) async {
        var bytes = output.ciphertext
        var isFromClient = fromClient
        while !bytes.isEmpty {
            let answer: TLSOutput
            if isFromClient {
                answer = await self.server.step(.ciphertext(bytes))
                self.serverPlaintext += answer.plaintext
            } else {
                answer = await self.client.step(.ciphertext(bytes))
                self.clientPlaintext += answer.plaintext
            }
            bytes = answer.ciphertext
            isFromClient.toggle()
        }
    }
}
