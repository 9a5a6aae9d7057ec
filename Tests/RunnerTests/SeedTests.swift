import Runner
import Testing

@Suite("Seeds")
struct SeedTests {
    @Test(
        "hexadecimal and decimal numbers are read, anything else is not",
        arguments: [
            ("0x5eed", UInt64?(0x5eed)), ("0X5EED", 0x5eed), ("24301", 24301), ("", nil), ("0x", nil), ("green", nil),
            ("-1", nil), ("0x1ffffffffffffffff", nil),
        ]
    )
    func reads(text: String, value: UInt64?) {
        #expect(Seed(text)?.value == value)
    }

    @Test("a seed is read back from what it prints")
    func printsItself() {
        let seed = Seed.random()
        #expect(Seed(seed.description) == seed)
    }

    @Test("a case has its own bytes, the same in every run of a seed")
    func derives() {
        let seed = Seed(value: 0x5eed)
        #expect(seed.derived(for: "a") == Seed(value: 0x5eed).derived(for: "a"))
        #expect(seed.derived(for: "a") != seed.derived(for: "b"))
        #expect(seed.derived(for: "a") != Seed(value: 0x5eee).derived(for: "a"))
        #expect(seed.nonce(for: "a").count == 16)
        #expect(seed.nonce(for: "a") != seed.nonce(for: "b"))
    }
}
