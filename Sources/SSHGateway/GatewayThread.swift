import CLibSSH
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The thread on which all of libssh runs, so that no event loop ever waits for it. What others want of it they hand in as tasks.
final class GatewayThread: Sendable {
    typealias Task = @Sendable (GatewayCore) -> Void

    private struct State {
        var tasks: [Task] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let wake: Int32

    /// `nil` where the system has no descriptor left.
    init?() {
        self.wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if self.wake < 0 { return nil }
    }

    deinit { close(self.wake) }

    /// - Parameter settings: of the sessions that will be accepted.
    /// - Returns: `false` where the system has no descriptor left.
    func start(_ settings: SSHGateway.Settings, hostKey: SSHHostKey) -> Bool {
        guard let core = GatewayCore(settings, hostKey: hostKey, thread: self) else { return false }
        let handedOver = HandedOver(core)
        let thread = Thread { handedOver.core.run() }
        thread.name = "ssh-gateway"
        thread.stackSize = 1 << 20
        thread.start()
        return true
    }

    /// Has the thread do something; `false` where it has ended, and does nothing any more.
    @discardableResult
    func submit(_ task: @escaping Task) -> Bool {
        let isTaken = self.state.withLock { state in
            guard !state.isOver else { return false }
            state.tasks.append(task)
            return true
        }
        if isTaken { _ = eventfd_write(self.wake, 1) }
        return isTaken
    }

    // MARK: On the thread

    var descriptor: Int32 { self.wake }

    func takeTasks() -> [Task] {
        var count: UInt64 = 0
        _ = unsafe eventfd_read(self.wake, &count)
        return self.state.withLock { state in
            defer { state.tasks = [] }
            return state.tasks
        }
    }

    /// Nothing is taken any more. What was, and is not done, is returned.
    func end() -> [Task] {
        self.state.withLock { state in
            state.isOver = true
            defer { state.tasks = [] }
            return state.tasks
        }
    }
}

/// `@unchecked Sendable`: made on one thread and used on the next, which alone has it then.
private final class HandedOver: @unchecked Sendable {
    let core: GatewayCore

    init(_ core: GatewayCore) { self.core = core }
}
