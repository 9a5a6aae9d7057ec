import ProxyProtocol

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzProxyHeader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes at `start` for the length of the call; they are copied here.
    ProxyHeaderReplay.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
