import EdgeCore
import Foundation

extension Timestamp {
    /// The wall clock.
    static var now: Timestamp {
        let interval = Date().timeIntervalSince1970
        let seconds = interval.rounded(.down)
        // A Double has about 200 ns left at this size; differences are taken from the monotonic clock.
        let nanoseconds = min(Int32((interval - seconds) * 1_000_000_000), 999_999_999)
        return Timestamp(secondsSinceEpoch: Int64(seconds), nanoseconds: nanoseconds)
    }
}
