/// What takes the events of one destination. None waits for another.
protocol Outlet: AnyObject, Sendable {
    /// Takes an event as it goes out, without waiting.
    func take(_ event: [UInt8])
    /// What has a file goes on in the one that has its name now.
    func reopen()
    /// Takes nothing more, and ``run()`` returns once what waits is delivered, or so much time has passed.
    func end(within drain: Duration)
    /// Delivers until ``end(within:)``. It is not cancelled.
    func run() async
}
