import Addresses

/// What the fuzzer runs: reads arbitrary bytes whole and in pieces, and writes again what was read.
package enum ProxyHeaderReplay {
    /// Returns for every input; a difference between the ways of reading is a bug and traps.
    package static func run(_ bytes: [UInt8]) {
        let whole = Self.read([bytes[...]])
        let cut = bytes.count / 2
        let pieces = Self.read([bytes[..<cut], bytes[cut...]])
        precondition(whole == pieces, "the result depends on the pieces")
        guard case .success(.complete(let header, let length)) = whole, header.command == .proxy else { return }
        guard let written = try? ProxyHeaderWriter.write(header),
            case .success(.complete(let again, _)) = Self.read([written[...]])
        else {
            preconditionFailure("a header of \(length) bytes cannot be written and read again")
        }
        // The writer may prefer IPv4 to mapped addresses, and has no bytes for UNKNOWN's text.
        precondition(again.tlvs.count == header.tlvs.count && again.source?.port == header.source?.port)
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Result<ProxyHeaderReader.Progress, ProxyError> {
        var reader = ProxyHeaderReader()
        var progress = ProxyHeaderReader.Progress.needsMore
        do {
            for piece in pieces where progress == .needsMore {
                progress = try reader.append(Array(piece))
            }
            return .success(progress)
        } catch {
            return .failure(error)
        }
    }
}
