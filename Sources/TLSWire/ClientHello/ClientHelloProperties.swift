/// What must hold for any bytes at all. The fuzzer runs it on what it invents, and an ordinary test on the corpus.
package enum ClientHelloProperties {
    /// A property that did not hold, in words; `nil` when all did.
    ///
    /// The outcome does not depend on segmentation; what was read is written again byte for byte, and reads as the
    /// same; the other readers of the same bytes do not trap.
    package static func violation(by stream: [UInt8]) -> String? {
        let whole = Self.outcome(of: stream, segmentSize: max(1, stream.count))
        for segmentSize in [1, 7] where Self.outcome(of: stream, segmentSize: segmentSize) != whole {
            return "the outcome in segments of \(segmentSize) is another than in one"
        }
        let fields = HelloAnnotator.annotate(stream)
        if fields.contains(where: { $0.range.lowerBound < 0 || $0.range.upperBound > stream.count }) {
            return "an annotated field lies outside of the stream"
        }
        switch OpeningRecognizer.recognize(stream) {
        case .undecided where stream.count >= OpeningRecognizer.maximumPrefixLength:
            return "the opening is undecided after \(stream.count) bytes"
        case .notTLS where whole.isComplete: return "a ClientHello was read from what is said to be no TLS"
        case .undecided, .notTLS, .tls: break
        }
        guard case .complete(let hello, let consumed) = whole else { return nil }
        return Self.violation(by: hello, consumed: consumed, of: stream)
    }

    private static func violation(by hello: ClientHello, consumed: Int, of stream: [UInt8]) -> String? {
        let message = hello.encoded()
        if (try? ClientHello(message: message, recordVersion: hello.recordVersion)) != hello {
            return "the encoded hello reads as another"
        }
        if (try? ClientHelloWriter.write(ClientHelloTemplate(hello)))?.message != message {
            return "the hello is written in other bytes than it was read from"
        }
        let hostName = FieldMap(message).hostName.map { String(decoding: message[$0], as: UTF8.self) }
        if hostName != hello.serverName { return "the tolerant and the strict reader see different names" }
        let records = RecordWriter.records(message, version: hello.recordVersion, maximumLength: 11)
        let recut = records.flatMap { $0.encoded() }
        if Self.outcome(of: recut, segmentSize: 64) != .complete(hello, consumed: recut.count) {
            return "the hello in records of 11 bytes reads as another"
        }
        // Every value is asked for, since it is decoded when it is.
        let values = [
            hello.cipherSuites.count, hello.alpnProtocols.count, hello.supportedGroups.count,
            hello.signatureSchemes.count,
            hello.keyShareGroups?.count ?? 0, hello.extensions.count, Int(hello.highestVersion),
        ]
        if values.contains(where: { $0 < 0 }) || consumed > stream.count { return "a count is out of range" }
        return nil
    }

    private enum Outcome: Equatable {
        case needsMore
        case complete(ClientHello, consumed: Int)
        case failed(WireError.Code, offset: Int)

        var isComplete: Bool {
            if case .complete = self { return true }
            return false
        }
    }

    private static func outcome(of stream: [UInt8], segmentSize: Int) -> Outcome {
        var reader = ClientHelloReader()
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + segmentSize)
            do {
                if case .complete(let hello) = try reader.append(stream.span.extracting(start..<end)) {
                    return .complete(hello, consumed: reader.bytesConsumed)
                }
            } catch {
                return .failed(error.code, offset: error.offset)
            }
            start = end
        }
        return .needsMore
    }
}
