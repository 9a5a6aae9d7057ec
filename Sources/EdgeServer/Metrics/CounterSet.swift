import CoreMetrics

/// A counter for each case of a closed enum, found by the case's place among the others.
///
/// Its raw value is that place, and not the label's text: to find a text takes a hash of it for every connection.
struct CounterSet<Value: CaseIterable & RawRepresentable>: Sendable where Value.RawValue == Int {
    private let counters: [Counter]

    init(_ counter: (Value) -> Counter) {
        precondition(Value.allCases.map(\.rawValue) == Array(0..<Value.allCases.count), "raw values are places")
        self.counters = Value.allCases.map(counter)
    }

    subscript(value: Value) -> Counter { self.counters[value.rawValue] }
}
