internal import Dispatch

/// The pause between two looks at something that has no event to wait for, such as a file that another program writes.
package enum Pause {
    /// 5 ms, also when the task is cancelled: whoever loops checks for that where it may stop.
    package static func short() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { continuation.resume() }
        }
    }
}
