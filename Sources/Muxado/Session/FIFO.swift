/// A first-in, first-out queue whose operations take constant time on average.
package struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    package init() {}

    package var isEmpty: Bool { self.head == self.elements.count }
    package var count: Int { self.elements.count - self.head }

    package var first: Element? { self.isEmpty ? nil : self.elements[self.head] }

    package mutating func append(_ element: Element) {
        self.elements.append(element)
    }

    package mutating func popFirst() -> Element? {
        guard !self.isEmpty else { return nil }
        let element = self.elements[self.head]
        self.elements[self.head] = nil
        self.head += 1
        if self.isEmpty {
            self.elements.removeAll(keepingCapacity: self.head <= 64)
            self.head = 0
        } else if self.head >= 64, self.head * 2 >= self.elements.count {
            self.elements.removeFirst(self.head)
            self.head = 0
        }
        return element
    }

    /// Changes the oldest element in place.
    package mutating func replaceFirst(_ element: Element) {
        precondition(!self.isEmpty, "an empty queue has no first element")
        self.elements[self.head] = element
    }

    /// Changes the newest element in place; does nothing when there is none.
    package mutating func updateLast(_ update: (inout Element) -> Void) {
        guard !self.isEmpty, var element = self.elements[self.elements.count - 1].take() else { return }
        update(&element)
        self.elements[self.elements.count - 1] = element
    }

    package mutating func removeAll() {
        self.elements = []
        self.head = 0
    }
}
