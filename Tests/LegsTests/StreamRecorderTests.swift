import Legs
import Testing

@Suite("Stream recorder")
struct StreamRecorderTests {
    @Test("counts and hashes everything, and keeps the beginning")
    func records() {
        var recorder = StreamRecorder(excerptLimit: 4)
        recorder.record(Array("ab".utf8))
        recorder.record(Array("cde".utf8))
        #expect(recorder.count == 5)
        #expect(recorder.excerpt == Array("abcd".utf8))
        // echo -n abcde | sha256sum
        #expect(recorder.digest == "36bbe50ed96841d10443bcb670d6554f0a34b761be67ec9c4a8ad2c0c44ca42c")
    }
}
