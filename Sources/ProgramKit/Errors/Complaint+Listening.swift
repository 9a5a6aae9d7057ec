#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Complaint {
    /// The reasons for which an address cannot be listened on, in words.
    ///
    /// - Parameter address: `host:port`, as it was asked for.
    package static func cannotListen(on address: String, errorNumber: Int32) -> Complaint {
        switch errorNumber {
        case EADDRINUSE:
            Complaint(
                "cannot listen on \(address): address in use",
                hint: "stop the other program ('ss -ltnp' names it) or choose another port; port 0 takes a free one"
            )
        case EACCES:
            Complaint(
                "cannot listen on \(address): permission denied",
                hint: "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE"
            )
        case EADDRNOTAVAIL:
            Complaint(
                "cannot listen on \(address): this machine has no such address",
                hint: "'ip addr' lists the addresses it has"
            )
        default:
            Complaint("cannot listen on \(address): \(Reason.text(ofErrno: errorNumber))")
        }
    }
}
