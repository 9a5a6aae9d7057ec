import TrafficPolicy

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzExpression(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes at `start` for the length of the call; they are copied here.
    ExpressionReplay.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
