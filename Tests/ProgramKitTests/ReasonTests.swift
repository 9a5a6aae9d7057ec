import Foundation
import ProgramKit
import Testing

@Suite("What the system says of a failure")
struct ReasonTests {
    @Test("Foundation's error objects are said in the system's words, however they are wrapped")
    func objects() {
        let system = NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC))
        let wrapped = NSError(domain: NSCocoaErrorDomain, code: 512, userInfo: [NSUnderlyingErrorKey: system])
        let coded = NSError(domain: NSCocoaErrorDomain, code: CocoaError.Code.fileWriteOutOfSpace.rawValue)
        for error in [system, wrapped, coded] { #expect(Reason.text(of: error) == "no space left on device") }
    }
}
