import EdgeEvents
import JSONText
import Testing

@Suite("What of an event is told")
struct FieldSelectionTests {
    private static let object = #"{"a":{"x":1,"y":{"z":2}},"b":3,"c":[{"d":4}]}"#

    @Test(
        "paths choose of the object, in the object's order",
        arguments: [
            ([], Self.object),
            (["b", "a.x"], #"{"a":{"x":1},"b":3}"#),
            (["a.y.z"], #"{"a":{"y":{"z":2}}}"#),
            // All of an object, also where a part of it is asked for besides.
            (["a"], #"{"a":{"x":1,"y":{"z":2}}}"#),
            (["a", "a.x"], #"{"a":{"x":1,"y":{"z":2}}}"#),
            (["a.x", "a"], #"{"a":{"x":1,"y":{"z":2}}}"#),
            // What is not there is left out, with what would have been around it.
            (["nothing", "b"], #"{"b":3}"#),
            (["a.nothing"], "{}"),
            (["b.x"], "{}"),
            (["c.d"], "{}"),
            ([""], "{}"),
        ] as [([String], String)]
    )
    func chosen(_ paths: [String], _ expected: String) throws {
        let event = EdgeEvent.test("ev_1", object: try JSONValue(reading: Array(Self.object.utf8)))
        #expect(event.line(paths).hasSuffix(#","object":\#(expected)}"#))
    }
}
