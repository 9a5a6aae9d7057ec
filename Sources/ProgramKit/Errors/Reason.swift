import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the system or Foundation says of a failure, as words that can follow a colon: `permission denied`.
package enum Reason {
    package static func text(of error: any Error) -> String {
        // Foundation throws some of its errors as objects; of these, every one would pass for a CocoaError below.
        if type(of: error) == NSError.self { return Self.text(of: error as NSError) }
        switch error {
        case let error as POSIXError: return Self.text(ofErrno: error.code.rawValue)
        case let error as CocoaError:
            switch error.underlying {
            case let underlying as POSIXError: return Self.text(ofErrno: underlying.code.rawValue)
            case let underlying as NSError where underlying.domain == NSPOSIXErrorDomain:
                return Self.text(ofErrno: Int32(truncatingIfNeeded: underlying.code))
            default: return Self.text(of: error.code) ?? error.localizedDescription
            }
        default: return "\(error)"
        }
    }

    private static func text(of error: NSError) -> String {
        if error.domain == NSPOSIXErrorDomain { return Self.text(ofErrno: Int32(truncatingIfNeeded: error.code)) }
        if let underlying = error.userInfo[NSUnderlyingErrorKey] as? any Error { return Self.text(of: underlying) }
        let code = error.domain == NSCocoaErrorDomain ? Self.text(of: CocoaError.Code(rawValue: error.code)) : nil
        return code ?? error.localizedDescription
    }

    /// The system's own words for an `errno`.
    package static func text(ofErrno number: Int32) -> String {
        // strerror's text for a number that it knows is constant; it is copied before anything else is called.
        let text = unsafe String(cString: strerror(number))
        // An upper-case word such as "I/O" stays as it is.
        guard let second = text.dropFirst().first, second.isLowercase || second == " " else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private static func text(of code: CocoaError.Code) -> String? {
        switch code {
        case .fileReadNoSuchFile, .fileNoSuchFile: Self.text(ofErrno: ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: Self.text(ofErrno: EACCES)
        case .fileWriteOutOfSpace: Self.text(ofErrno: ENOSPC)
        case .fileWriteFileExists: Self.text(ofErrno: EEXIST)
        default: nil
        }
    }
}
