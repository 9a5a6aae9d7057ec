import Synchronization

extension Atomic where Value == Double {
    /// No processor adds to a floating-point number in memory: it is done again until nobody else came in between.
    func add(_ amount: Double) {
        var old = self.load(ordering: .relaxed)
        while true {
            let (isDone, now) = self.weakCompareExchange(expected: old, desired: old + amount, ordering: .relaxed)
            if isDone { return }
            old = now
        }
    }
}
