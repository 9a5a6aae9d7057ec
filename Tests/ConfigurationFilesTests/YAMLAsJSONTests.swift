import ConfigurationFiles
import JSONText
import Testing

@Suite("YAML as JSON")
struct YAMLAsJSONTests {
    @Test(
        "a value is read by the core schema, and quotes make a text of anything",
        arguments: [
            ("7", "7"), ("\"7\"", "\"7\""), ("'true'", "\"true\""), ("true", "true"), ("False", "false"),
            ("yes", "\"yes\""), ("~", "null"), ("{ a: , b: null }", "{\"a\":null,\"b\":null}"), ("0x1f", "31"),
            ("0o17", "15"), ("017", "17"), ("-1.5e3", "-1500.0"), ("1.2.3.4", "\"1.2.3.4\""),
            ("10.0.0.0/8", "\"10.0.0.0/8\""), ("99999999999999999999", "1e+20"), ("|\n  7\n", "\"7\\n\""),
            ("{ a: &x [1], b: *x }", "{\"a\":[1],\"b\":[1]}"),
        ]
    )
    func values(yaml: String, json: String) throws {
        let value = try YAMLValue.parse(yaml, file: "f.yaml").json()
        #expect(String(decoding: value.encoded, as: UTF8.self) == json)
    }

    @Test("what JSON has no word for is refused at its place", arguments: [".inf", "-.INF", ".nan", "{ [1]: 2 }"])
    func unrepresentable(yaml: String) throws {
        let value = try YAMLValue.parse("a: \(yaml)", file: "f.yaml")
        let error = try #require(throws: ConfigurationError.self) { try value.json() }
        #expect(error.place?.line == 1)
    }
}
