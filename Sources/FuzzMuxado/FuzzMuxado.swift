internal import Muxado

/// libFuzzer's entry: any bytes through a frame reader and a server's session.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMuxado(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer owns the bytes until the call returns, and nothing keeps the span longer.
    let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
    _ = unsafe SessionReplay.run(bytes.span)
    return 0
}
