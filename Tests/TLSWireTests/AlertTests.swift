import TLSWire
import Testing

@Suite("Alerts")
struct AlertTests {
    @Test("an alert is one record of seven bytes")
    func encodes() {
        #expect(Alert.record(.fatal, .unrecognizedName) == [21, 3, 3, 0, 2, 2, 112])
        #expect(Alert.record(.warning, .closeNotify, version: 0x0301) == [21, 3, 1, 0, 2, 1, 0])
    }

    @Test("every named alert is found by its name again", arguments: AlertDescription.allNamed)
    func findsByName(_ alert: AlertDescription) {
        #expect(AlertDescription(name: alert.description) == alert)
        #expect(!alert.description.contains("("))
    }

    @Test(
        "alerts print as their RFC writes them",
        arguments: [
            (UInt8(0), "close_notify"), (10, "unexpected_message"), (47, "illegal_parameter"), (48, "unknown_ca"),
            (109, "missing_extension"), (112, "unrecognized_name"), (116, "certificate_required"),
            (120, "no_application_protocol"), (121, "ech_required"), (200, "alert(200)"),
        ]
    )
    func prints(_ code: UInt8, _ name: String) {
        #expect(AlertDescription(rawValue: code).description == name)
    }

    @Test("a name that no alert has gives none")
    func rejectsUnknownName() {
        #expect(AlertDescription(name: "alert(200)") == nil)
        #expect(AlertDescription(name: "unrecognizedName") == nil)
    }

    @Test("an alert with a broken level keeps its byte")
    func keepsLevelByte() {
        #expect(Alert(levelByte: 9, code: .internalError).level == nil)
        #expect("\(Alert(levelByte: 9, code: .internalError))" == "level 9 internal_error")
        #expect("\(Alert(.fatal, .internalError))" == "fatal internal_error")
    }
}
