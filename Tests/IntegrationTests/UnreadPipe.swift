import Foundation

/// A pipe that is open and that nobody reads, as the standard error of a program whose supervisor has gone astray.
struct UnreadPipe {
    private let pipe = Pipe()

    /// `F_SETPIPE_SZ` of linux/fcntl.h, which is not imported.
    private static let setPipeSize: Int32 = 1031

    /// The smallest that there is: one page.
    init() {
        _ = fcntl(self.pipe.fileHandleForWriting.fileDescriptor, Self.setPipeSize, 4096)
    }

    /// What a program gets.
    var end: FileHandle { self.pipe.fileHandleForWriting }

    /// How much has been written.
    var byteCount: Int {
        var count: CInt = 0
        // The call writes this one number.
        _ = unsafe ioctl(self.pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &count)
        return Int(count)
    }

    /// Leaves no room, so that the very first write stands still.
    func fill() {
        let descriptor = self.end.fileDescriptor
        // The flag belongs to the pipe's end, whoever else has it: it is gone again before a program gets it.
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let bytes: [UInt8] = Array(repeating: UInt8(ascii: "\n"), count: 512)
        // The bytes are read during the call.
        while unsafe write(descriptor, bytes, bytes.count) > 0 {}
        _ = fcntl(descriptor, F_SETFL, flags)
    }
}
