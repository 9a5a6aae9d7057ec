/// What one change writes, all or nothing.
package struct StoredChange: Hashable, Sendable {
    /// An object that is there already keeps its place; of two with one key the later counts.
    package var put: [StoredObject]
    /// One that is not there is no error. None may be put by the same change.
    package var delete: [StoredObject.Key]

    package init(put: [StoredObject] = [], delete: [StoredObject.Key] = []) {
        self.put = put
        self.delete = delete
    }
}
