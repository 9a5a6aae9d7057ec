import TLSWire

/// libFuzzer's entry. A property that does not hold traps, and the fuzzer keeps the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClientHello(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer owns `count` bytes at `data` for the time of the call; they are copied before anything else happens.
    let stream = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    if let violation = ClientHelloProperties.violation(by: stream) {
        fatalError(violation)
    }
    return 0
}
