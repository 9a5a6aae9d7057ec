import TLSWire

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int) -> Int

/// libFuzzer's custom mutator: half of the time it changes bytes blindly, and half of the time it reads the hello, changes
/// one of its parts and writes it again with every length right, which blind mutation hardly ever achieves.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutateClientHello(
    _ data: UnsafeMutablePointer<UInt8>,
    _ count: Int,
    _ capacity: Int,
    _ seed: CUnsignedInt
) -> Int {
    var random = SplitMix(state: UInt64(seed))
    // libFuzzer owns `capacity` bytes at `data`, the first `count` of which are the input.
    let stream = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    if random.next() % 2 == 0, let mutated = structured(stream, &random), mutated.count <= capacity {
        for (index, byte) in mutated.enumerated() { unsafe data[index] = byte }
        return mutated.count
    }
    return unsafe mutateBytes(data, count, capacity)
}

/// `nil` when the stream is no ClientHello to begin with.
private func structured(_ stream: [UInt8], _ random: inout SplitMix) -> [UInt8]? {
    var reader = ClientHelloReader()
    guard case .complete(let hello)? = try? reader.append(stream) else { return nil }
    var template = ClientHelloTemplate(hello)
    var extensions = template.extensions ?? []
    let index = extensions.isEmpty ? 0 : random.below(extensions.count)
    switch random.next() % 10 {
    case 0 where !extensions.isEmpty: extensions.remove(at: index)
    case 1 where !extensions.isEmpty: extensions.append(extensions[index])
    case 2 where !extensions.isEmpty: extensions.append(extensions.remove(at: index))
    case 3: extensions.append(Extension(type: ExtensionType(rawValue: UInt16(random.below(65_536))), data: []))
    case 4:
        extensions.append(.serverName((0..<random.below(70)).map { _ in UInt8(ascii: "a") + UInt8(random.below(26)) }))
    case 5: extensions.append(.alpn((0...random.below(3)).map { Array(repeating: 0x68, count: 1 + $0) }))
    case 6: extensions.append(.supportedVersions([0x0304, UInt16(random.below(65_536))]))
    case 7: template.sessionID = Array(repeating: 7, count: random.below(40))
    case 8: template.cipherSuites = (0..<random.below(20)).map { CipherSuite(rawValue: UInt16($0)) }
    default:
        guard !extensions.isEmpty, !extensions[index].data.isEmpty else { break }
        extensions[index].data[random.below(extensions[index].data.count)] = UInt8(random.below(256))
    }
    template.extensions = extensions
    let errors: [ClientHelloWriter.LengthError] =
        if random.next() % 4 == 0, let field = ClientHelloWriter.LengthField.allCases.randomElement(using: &random) {
            [ClientHelloWriter.LengthError(field, random.below(5) - 2)]
        } else {
            []
        }
    guard let written = try? ClientHelloWriter.write(template, lengthErrors: errors) else { return nil }
    let cuts = (0..<random.below(4)).map { _ in random.below(written.message.count) }
    return RecordWriter.records(written.message, version: hello.recordVersion, cuts: cuts).flatMap { $0.encoded() }
}

/// SplitMix64: the same seed mutates alike, as libFuzzer asks of a mutator.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int(self.next() % UInt64(limit)) }
}
