import AgentProtocol
import Testing

@Suite("Refusals")
struct NgrokErrorTests {
    @Test("are text with the code in a line of its own, and read back")
    func text() {
        let error = NgrokError.alreadyOnline("tls://app.example.com")
        #expect(error.text.hasSuffix("\r\n\r\nERR_NGROK_334\r\n"))
        #expect(NgrokError(text: error.text) == error)
    }

    @Test(
        "are understood however the code is written",
        arguments: [
            ("failed\n\nERR_NGROK_108", 108, "failed"), ("one\r\ntwo\r\n\r\nERR_NGROK_3200\r\n\r\n", 3200, "one\ntwo"),
            ("see ERR_NGROK_9007.", 9007, "see ERR_NGROK_9007."), ("no code at all", 0, "no code at all"), ("", 0, ""),
            ("ERR_NGROK_", 0, "ERR_NGROK_"),
        ]
    )
    func parsing(_ text: String, _ code: Int, _ message: String) {
        let error = NgrokError(text: text)
        #expect(error.code == code)
        #expect(error.message == message)
    }

    @Test("of a traffic policy have what is wrong with it and its number inside")
    func policy() {
        let error = NgrokError.policyInvalid(.policyAction("alow", hint: "; did you mean 'allow'?"))
        #expect(error.code == 9026)
        #expect(NgrokError(text: error.text) == error)
        #expect(
            error.message
                == "The traffic policy is invalid.\nThere is no action 'alow'; did you mean 'allow'? (ERR_NGROK_2201)"
        )
    }
}
