import CLibSSH

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Something with a descriptor, which wants to be told when that is ready.
protocol Pollable: AnyObject {
    func ready(_ readiness: Poller.Readiness)
}

/// Watches descriptors. Of one thread.
final class Poller {
    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let read = Readiness(rawValue: EPOLLIN.rawValue)
        static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The other end is closed, or the descriptor is broken. Always watched for.
        static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    /// What is watched, by a number that is never used again: a descriptor's number is.
    struct Watch: Hashable {
        fileprivate let number: UInt64
    }

    private let descriptor: Int32
    private var watched: [Watch: any Pollable] = [:]
    private var lastNumber: UInt64 = 0
    private var events = [shim_event](repeating: shim_event(), count: 128)

    init?() {
        self.descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        if self.descriptor < 0 { return nil }
    }

    deinit { close(self.descriptor) }

    /// `nil` where the system has no room for it.
    func add(_ pollable: any Pollable, descriptor: Int32, for interest: Readiness) -> Watch? {
        self.lastNumber += 1
        let watch = Watch(number: self.lastNumber)
        guard self.control(EPOLL_CTL_ADD, descriptor, watch, interest) else { return nil }
        self.watched[watch] = pollable
        return watch
    }

    func change(_ watch: Watch, descriptor: Int32, to interest: Readiness) {
        _ = self.control(EPOLL_CTL_MOD, descriptor, watch, interest)
    }

    /// - Parameter descriptor: `nil` where it is closed already, and with it nobody watches it.
    func remove(_ watch: Watch, descriptor: Int32?) {
        guard self.watched.removeValue(forKey: watch) != nil else { return }
        if let descriptor { _ = self.control(EPOLL_CTL_DEL, descriptor, watch, []) }
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ watch: Watch, _ interest: Readiness) -> Bool {
        shim_epoll_control(self.descriptor, operation, descriptor, interest.rawValue, watch.number) == 0
    }

    /// Waits for something, and tells whom it concerns.
    func wait(milliseconds: Int32) {
        // unsafe: the system writes as many events as there is room for.
        let count = unsafe self.events.withUnsafeMutableBufferPointer {
            unsafe shim_epoll_wait(self.descriptor, $0.baseAddress, Int32($0.count), milliseconds)
        }
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = self.events[index]
            // Who is told before may have removed who comes after.
            self.watched[Watch(number: event.number)]?.ready(Readiness(rawValue: event.readiness))
        }
    }
}
